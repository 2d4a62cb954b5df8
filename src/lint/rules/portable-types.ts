import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { typeMismatches } from "../type-mismatches.js";

/** Each argument is of the type that its conversion wants, on 32-bit hosts too. */
export const portableTypes: FileRule<"portable-types"> = {
  name: "portable-types",
  summary: "A conversion fits its argument where `long` has 32 bits too.",
  why:
    "A `uint64_t` is an `unsigned long` on 64-bit Linux, and so `%lx` prints it; where `long` has 32 " +
    "bits it is an `unsigned long long`: the build breaks there, or half of the value is printed and " +
    "every argument behind it is garbage. The macros of `<inttypes.h>` and `%zu` fit everywhere.",
  bad: 'tlb_flush(void *env, uint64_t addr) "env=%p addr=0x%lx"',
  good: 'tlb_flush(void *env, uint64_t addr) "env=%p addr=0x%" PRIx64',
  fixable: true,
  severity: always("error"),
  *check(file) {
    for (const { LP64, ...problem } of typeMismatches(file)) {
      if (!LP64) yield { ...problem, code: "portable-types" };
    }
  },
};
