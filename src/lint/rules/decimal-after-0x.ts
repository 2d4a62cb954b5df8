import { endsIn0x } from "../ends-in-0x.js";
import { asHexadecimal } from "../rewrite-conversion.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellConversion } from "../spell-conversion.js";

/** `0x` stands before a conversion that prints hexadecimal. */
export const decimalAfter0x: FileRule<"decimal-after-0x"> = {
  name: "decimal-after-0x",
  summary: "No `0x` stands before a decimal conversion.",
  why:
    "`0x%d` prints 16 as `0x16`, which everybody reads as 22. What was meant is said by the `0x`: " +
    "the fix makes the conversion hexadecimal.",
  bad: 'timer_start(uint64_t ns) "ns 0x%" PRIu64',
  good: 'timer_start(uint64_t ns) "ns 0x%" PRIx64',
  fixable: true,
  severity: always("error"),
  *check({ events, parsed }) {
    for (const { conversions } of events) {
      for (const { conversion, before } of conversions) {
        if (!before || !"diu".includes(conversion.specifier) || !endsIn0x(before.text)) continue;
        const { span } = conversion;
        const values = { conversion: spellConversion(conversion) };
        const fix = asHexadecimal(parsed.source.text, conversion);
        yield { code: "decimal-after-0x", span, values, fix };
      }
    }
  },
};
