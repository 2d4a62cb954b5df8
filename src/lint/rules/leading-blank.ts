import { firstString } from "../format-ends.js";
import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";

/** A format does not begin with a blank. */
export const leadingBlank: FileRule<"leading-blank"> = {
  name: "leading-blank",
  summary: "A format does not begin with a blank.",
  why: "Every backend parts the event's name from its text itself: the blank is printed twice.",
  bad: 'read(uint64_t addr) " addr 0x%" PRIx64',
  good: 'read(uint64_t addr) "addr 0x%" PRIx64',
  fixable: true,
  severity: strictOnly,
  *check({ events }) {
    for (const { node } of events) {
      const part = firstString(node.formats.at(-1));
      const blanks = part ? part.raw.length - part.raw.trimStart().length : 0;
      if (!part || blanks === 0) continue;
      const start = part.span.start + 1;
      const span = { start, end: start + blanks };
      yield { code: "leading-blank", span, values: {}, fix: { span, replacement: "" } };
    }
  },
};
