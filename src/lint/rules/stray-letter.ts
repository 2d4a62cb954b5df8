import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellConversion } from "../spell-conversion.js";

/** What is left when a conversion ends earlier than its author thought: `%ud`, `%ul`, `PRIx64 "lx"`. */
const leftOver = /^(?:[diuX]|l{1,2}[diuxX]?|z[du]|x)(?![A-Za-z0-9_])/;

/** A letter behind a conversion that looks like a part of it. */
export const strayLetter: FileRule<"stray-letter"> = {
  name: "stray-letter",
  summary: "No letter of a conversion stands behind it.",
  why:
    "printf reads `%u` and then prints the `d` of `%ud` as text: 5 becomes `5d`. The letter is left " +
    "over from another conversion, or from a length modifier put behind the letter. An `x` behind a " +
    "decimal number is let be, since `%dx%d` and `%dx` speak of sizes and of times.",
  bad: 'discard_header(const char *id, uint16_t len) "%s: %ud"',
  good: 'discard_header(const char *id, uint16_t len) "%s: %u"',
  fixable: true,
  severity: always("error"),
  *check({ events, parsed }) {
    for (const { conversions } of events) {
      for (const { conversion, after, next } of conversions) {
        if (!after || !"diuxX".includes(conversion.specifier)) continue;
        const [letters] = leftOver.exec(after.text) ?? [];
        if (!letters || (letters === "x" && !"xX".includes(conversion.specifier))) continue;
        const { start } = after.span;
        const span = { start, end: start + letters.length };
        if (parsed.source.text.slice(start, span.end) !== letters) continue;
        if (next === after && after.text === "x") continue;
        const values = { conversion: spellConversion(conversion), letters };
        yield { code: "stray-letter", span, values, fix: { span, replacement: "" } };
      }
    }
  },
};
