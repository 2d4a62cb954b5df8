import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "leading-blank";

test("all blanks go at once", () => {
  expect(fixedBy(rule, 'a(int b) "   %d"')).toBe('a(int b) "%d"');
});

test("a format that begins with a macro has none", () => {
  expect(said(rule, 'a(int b) PRIx8 " "')).toEqual([]);
});
