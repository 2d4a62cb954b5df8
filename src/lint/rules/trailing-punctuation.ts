import { lastString } from "../format-ends.js";
import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";

/** A format does not end with a full stop, a comma or a semicolon. */
export const trailingPunctuation: FileRule<"trailing-punctuation"> = {
  name: "trailing-punctuation",
  summary: "A format does not end with a full stop, a comma or a semicolon.",
  why:
    "A trace is a line of facts, not a sentence; what is cut out of it by scripts, a number as a rule, " +
    "drags the full stop along. Dots that say that something goes on say nothing that the next event does not.",
  bad: 'reset_done(void *s) "[%p] Reset done."',
  good: 'reset_done(void *s) "[%p] Reset done"',
  fixable: false,
  severity: strictOnly,
  *check({ events }) {
    for (const { node } of events) {
      const part = lastString(node.formats.at(-1));
      if (!part) continue;
      const text = part.raw.trimEnd();
      let first = text.length;
      while (first > 0 && ".,;".includes(text[first - 1]!)) first--;
      if (first === text.length) continue;
      const start = part.span.start + 1;
      const span = { start: start + first, end: start + text.length };
      yield { code: "trailing-punctuation", span, values: { text: text.slice(first) } };
    }
  },
};
