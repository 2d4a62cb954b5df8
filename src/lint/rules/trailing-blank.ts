import { lastString } from "../format-ends.js";
import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";

/** A format does not end with a blank. */
export const trailingBlank: FileRule<"trailing-blank"> = {
  name: "trailing-blank",
  summary: "A format does not end with a blank.",
  why: "Nobody sees it, and every line of the trace carries it.",
  bad: 'reset(void *dev) "dev %p "',
  good: 'reset(void *dev) "dev %p"',
  fixable: true,
  severity: strictOnly,
  *check({ events }) {
    for (const { node } of events) {
      const parts = node.formats.at(-1)?.parts ?? [];
      const part = lastString(node.formats.at(-1));
      if (!part) continue;
      const blanks = part.raw.length - part.raw.trimEnd().length;
      if (blanks === 0 || (blanks === part.raw.length && parts.length === 1)) continue;
      const end = part.span.end - 1;
      const span = { start: end - blanks, end };
      const before = parts.at(-2);
      const whole = before && blanks === part.raw.length;
      const cut = whole ? { start: before.span.end, end: part.span.end } : span;
      yield { code: "trailing-blank", span, values: {}, fix: { span: cut, replacement: "" } };
    }
  },
};
