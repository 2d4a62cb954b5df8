import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "no-alternate-form";

test("with a width the mend is not certain: the 0x counts into it", () => {
  expect(said(rule, 'a(unsigned b) "%#06x"')).toHaveLength(1);
  expect(fixedBy(rule, 'a(unsigned b) "%#06x"')).toBe('a(unsigned b) "%#06x"');
});

test("a macro may have the flag too", () => {
  expect(fixedBy(rule, 'a(uint64_t b) "%#" PRIx64')).toBe('a(uint64_t b) "0x%" PRIx64');
});
