import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellConversion } from "../spell-conversion.js";

/** QEMU's patch checker refuses `%#`. */
export const noAlternateForm: FileRule<"no-alternate-form"> = {
  name: "no-alternate-form",
  summary: "No conversion has the flag `#`.",
  why:
    "`%#x` prints 16 as `0x10` but 0 as `0`, and counts the `0x` into the width. QEMU writes `0x%x` " +
    "everywhere, and its patch checker refuses the flag.",
  bad: 'write(uint32_t addr) "addr %#x"',
  good: 'write(uint32_t addr) "addr 0x%x"',
  fixable: true,
  enforcedBy: "QEMU's patch checker",
  severity: always("warn"),
  *check({ events, parsed }) {
    for (const { conversions } of events) {
      for (const { conversion } of conversions) {
        const { flags, specifier, width, span } = conversion;
        if (!flags.includes("#")) continue;
        const values = { conversion: spellConversion(conversion) };
        const options = { start: span.start, end: span.start + 1 + flags.length };
        const plain = parsed.source.text.slice(options.start, options.end) === `%${flags}`;
        const certain = plain && "xX".includes(specifier) && width === undefined;
        const replacement = `0${specifier}%${flags.replaceAll("#", "")}`;
        const fix = certain ? { span: options, replacement } : undefined;
        yield { code: "no-alternate-form", span, values, ...(fix && { fix }) };
      }
    }
  },
};
