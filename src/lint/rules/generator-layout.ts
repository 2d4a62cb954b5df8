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
      yield* blanksBefore(node, text);
      yield* blanksBehindName(node, text);
      yield* commaAtEnd(node, text);
    }
  },
};

function* blanksBefore({ span }: EventNode, text: string): Iterable<Found> {
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  if (start === span.start || span.start === 0) return;
  yield blanks({ start, end: span.start }, "before an event");
}

function* blanksBehindName({ name }: EventNode, text: string): Iterable<Found> {
  const { end } = name.span;
  const parenthesis = text.indexOf("(", end);
  if (parenthesis > end) {
    yield blanks({ start: end, end: parenthesis }, "between an event's name and its '('");
  }
}

function blanks(span: Found["span"], where: string): Found {
  const values = { what: `no blank may stand ${where}` };
  return { code: "generator-layout", span, values, fix: { span, replacement: "" } };
}

/** A string that ends with a comma, and anything on the line behind it. */
function* commaAtEnd({ formats }: EventNode, text: string): Iterable<Found> {
  const [format, second] = formats;
  if (!format || second) return;
  const newline = text.indexOf("\n", format.span.end);
  const lineEnd = newline < 0 ? text.length : newline;
  for (const part of format.parts) {
    if (part.kind !== "string" || !/,\s*$/.test(part.raw)) continue;
    const comma = part.span.start + 1 + part.raw.lastIndexOf(",");
    const first = comma === format.span.start + 1;
    if (first || text.slice(part.span.end, lineEnd).replace(/\r$/, "") === "") continue;
    const values = {
      what: "QEMU takes what stands behind a string's last comma for a second format",
    };
    yield { code: "generator-layout", span: { start: comma, end: comma + 1 }, values };
  }
}
