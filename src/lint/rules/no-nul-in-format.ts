import { writtenNul } from "../format-findings.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** A NUL would end the format. */
export const noNulInFormat: FileRule<"no-nul-in-format"> = {
  name: "no-nul-in-format",
  summary: "No format contains a NUL.",
  why: "C's strings end at a NUL: what stands behind `\\0` is neither printed nor checked by a compiler.",
  bad: 'reset(void) "reset\\0 done"',
  good: 'reset(void) "reset done"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  *check({ events, parsed }) {
    if (!writtenNul.test(parsed.source.text)) return;
    for (const { event } of events) {
      for (const piece of event.format?.parsed.pieces ?? []) {
        if (piece.kind !== "literal" || !piece.text.includes("\0")) continue;
        yield { code: "no-nul-in-format", span: piece.span, values: {} };
      }
    }
  },
};
