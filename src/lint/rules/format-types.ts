import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { typeMismatches } from "../type-mismatches.js";

/** Each argument is of the type that its conversion wants, on 64-bit hosts. */
export const formatTypes: FileRule<"format-types"> = {
  name: "format-types",
  summary: "Each argument is of the type that its conversion wants.",
  why:
    "printf trusts its format: `%s` of a number crashes, `%d` of a 64-bit number prints half of it. " +
    "QEMU is built with `-Wformat`, so a compiler refuses this, but only where the event is not " +
    "`disable`d and the log backend is built. Signedness is told by rules of its own.",
  bad: 'flush(uint64_t offset) "offset %u"',
  good: 'flush(uint64_t offset) "offset %" PRIu64',
  fixable: true,
  enforcedBy: "the C compiler",
  severity: always("error"),
  *check(file) {
    for (const { LP64, ...problem } of typeMismatches(file)) {
      if (!LP64) continue;
      const { found: _, ...values } = problem.values;
      yield { ...problem, code: "format-types", values };
    }
  },
};
