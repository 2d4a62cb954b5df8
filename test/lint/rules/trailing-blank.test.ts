import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "trailing-blank";

test("a string of blanks behind a macro goes as a whole", () => {
  expect(fixedBy(rule, 'a(uint64_t b) "0x%" PRIx64 " "')).toBe('a(uint64_t b) "0x%" PRIx64');
});

test("a format of blanks alone is told once, by leading-blank", () => {
  expect(said(rule, 'a(void) " "')).toEqual([]);
  expect(said("leading-blank", 'a(void) " "')).toHaveLength(1);
});
