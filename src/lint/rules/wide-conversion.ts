import { macroWidthProblems } from "../macro-width.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** A macro of more bits than its argument has. */
export const wideConversion: FileRule<"wide-conversion"> = {
  name: "wide-conversion",
  summary: "A conversion's macro is not for more bits than its argument has.",
  why:
    "`PRIx32` says that a `uint32_t` is printed. C widens a `uint8_t` to fit, so the text is right; " +
    "but either the macro or the argument's type is not what was meant, and one of them may cut a value off.",
  bad: 'uart_tx(uint32_t channel, uint8_t ch) "UART%u: Tx 0x%02" PRIx32',
  good: 'uart_tx(uint32_t channel, uint8_t ch) "UART%u: Tx 0x%02" PRIx8',
  fixable: true,
  severity: always("warn"),
  *check(file) {
    for (const { bound, ...problem } of macroWidthProblems(file)) {
      if (bound.bits > bound.argumentBits) {
        yield { code: "wide-conversion", values: bound, ...problem };
      }
    }
  },
};
