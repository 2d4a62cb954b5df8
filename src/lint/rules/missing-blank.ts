import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellConversion } from "../spell-conversion.js";

/** What may stand close behind a number: units. Two letters and fewer always may. */
const units = new Set(
  "KiB MiB GiB TiB kbps mbps Mbps Gbps bps fps dpi rpm ppm kHz KHz MHz GHz deg msec usec nsec sec min px".split(
    " ",
  ),
);

/** A word does not begin right behind a number. */
export const missingBlank: FileRule<"missing-blank"> = {
  name: "missing-blank",
  summary: "A blank stands between a number and the word behind it.",
  why:
    'C joins `"addr: 0x%" PRIx64 "val: 0x%"` without a blank. The text runs together, and behind ' +
    "hexadecimal digits it misleads: in `0x10barsize` nobody sees where the number ends. Units (`ms`, " +
    "`MiB`) and what stands behind `%s` and `%c` are let be.",
  bad: 'resized(uint64_t old, uint64_t new) "old=0x%" PRIx64 "new=0x%" PRIx64',
  good: 'resized(uint64_t old, uint64_t new) "old=0x%" PRIx64 " new=0x%" PRIx64',
  fixable: true,
  severity: always("warn"),
  *check({ events, parsed }) {
    for (const { conversions } of events) {
      for (const { conversion, after } of conversions) {
        if (!after || !"diouxXp".includes(conversion.specifier)) continue;
        const [word] = /^[A-Za-z]{3,}/.exec(after.text) ?? [];
        if (!word || units.has(word) || /^(?:(.)\1*|PRI[diouxX])$/.test(word)) continue;
        const { start } = after.span;
        const span = { start, end: start + word.length };
        if (parsed.source.text.slice(start, span.end) !== word) continue;
        const values = { conversion: spellConversion(conversion), word };
        const fix = { span: { start, end: start }, replacement: " " };
        yield { code: "missing-blank", span, values, fix };
      }
    }
  },
};
