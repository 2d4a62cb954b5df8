import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "format-matches-arguments";

test("an empty format is let be", () => {
  expect(said(rule, 'x(int a) ""')).toEqual([]);
});

test("a star takes an argument", () => {
  expect(said(rule, 'x(int a, char *b) "%*s"')).toEqual([]);
});
