import type { EventNode } from "../../../grammar/ast.js";
import type { Problem } from "../../diagnostics/catalogue.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

type Found = Problem<"generator-layout">;

/** What C does not mind, but the regular expression that QEMU's generator reads lines with does. */
export const generatorLayout: FileRule<"generator-layout"> = {
  name: "generator-layout",
  summary: "Blanks and commas stand where QEMU's generator can read them.",
  why:
    "QEMU's generator reads a line by one regular expression: nothing may stand before an event, nothing " +
    "between its name and the parenthesis. And where a string ends with a comma, what follows is taken for a " +
    "second format.",
  bad: 'reset (void *dev) "dev %p"',
  good: 'reset(void *dev) "dev %p"',
  fixable: true,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ parsed, events }) {
    const { text } = parsed.source;
    for (const { node } of events) {
      for (const find of [blanksBefore, blanksBehindName, commaAtEnd]) {
        const found = find(node, text);
        if (found) yield found;
      }
    }
  },
};

function blanksBefore({ span }: EventNode, text: string): Found | undefined {
  if (span.start === 0 || text[span.start - 1] === "\n") return undefined;
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  return blanks({ start, end: span.start }, "before an event");
}

function blanksBehindName({ name }: EventNode, text: string): Found | undefined {
  const { end } = name.span;
  if (text[end] === "(") return undefined;
  const parenthesis = text.indexOf("(", end);
  return blanks({ start: end, end: parenthesis }, "between an event's name and its '('");
}

function blanks(span: Found["span"], where: string): Found {
  const values = { what: `no blank may stand ${where}` };
  return { code: "generator-layout", span, values, fix: { span, replacement: "" } };
}

/** The first string that ends with a comma, and anything on the line behind it. */
function commaAtEnd({ formats }: EventNode, text: string): Found | undefined {
  const [format, second] = formats;
  if (!format || second) return undefined;
  for (const part of format.parts) {
    if (part.kind !== "string") continue;
    const last = part.raw.lastIndexOf(",");
    if (last < 0 || part.raw.slice(last + 1).trim() !== "") continue;
    const comma = part.span.start + 1 + last;
    const newline = text.indexOf("\n", format.span.end);
    const behind = text.slice(part.span.end, newline < 0 ? text.length : newline);
    if (comma === format.span.start + 1 || behind.replace(/\r$/, "") === "") continue;
    const values = {
      what: "QEMU takes what stands behind a string's last comma for a second format",
    };
    return { code: "generator-layout", span: { start: comma, end: comma + 1 }, values };
  }
  return undefined;
}
