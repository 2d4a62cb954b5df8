import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "trailing-punctuation";

test("several are one finding", () => {
  expect(said(rule, 'a(void) "starting..."')).toEqual(["'...': the format ends with '...'"]);
});

test("a colon or an exclamation mark is let be", () => {
  expect(said(rule, 'a(void) "reset!"')).toEqual([]);
});

test("blanks behind it hide nothing", () => {
  expect(said(rule, 'a(char *b) "%s.. "')).toEqual(["'..': the format ends with '..'"]);
});
