import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unique-arguments";

test("every later one has the finding", () => {
  expect(said(rule, 'x(int a, int b, char *a, int a) "%d %d %s %d"')).toEqual([
    "'a': another argument is already called 'a'",
    "'a': another argument is already called 'a'",
  ]);
});

test("two events may use the same names, and no name is none", () => {
  expect(said(rule, 'x(int a) "%d"\ny(int a) "%d"\nz(void) ""')).toEqual([]);
});
