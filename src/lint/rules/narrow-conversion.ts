import { macroWidthProblems } from "../macro-width.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** A macro of fewer bits than its argument has. */
export const narrowConversion: FileRule<"narrow-conversion"> = {
  name: "narrow-conversion",
  summary: "A conversion's macro is not for fewer bits than its argument has.",
  why:
    "`PRIx16` is for a `uint16_t`. glibc prints a whole `int` for it, and so no compiler complains; " +
    "where the C library defines it as `hx`, the upper half of the value is not printed.",
  bad: 'phy_read(uint16_t val, int reg) "[0x%02x] -> 0x%04" PRIx16',
  good: 'phy_read(uint16_t val, int reg) "[0x%02x] -> 0x%04x"',
  fixable: true,
  severity: always("error"),
  *check(file) {
    for (const { bound, ...problem } of macroWidthProblems(file)) {
      if (bound.bits < bound.argumentBits) {
        yield { code: "narrow-conversion", values: bound, ...problem };
      }
    }
  },
};
