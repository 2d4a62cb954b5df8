import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "format-flags";

test("a flag given twice", () => {
  expect(said(rule, 'a(int b) "%00d"')).toEqual(["'%00d': the flag '0' in '%00d' is given twice"]);
});

test("a flag that another cancels", () => {
  expect(said(rule, 'a(int b) "%-05d"')).toEqual([
    "'%-05d': the flag '0' in '%-05d' is ignored because of the flag '-'",
  ]);
});

test("a length that means nothing", () => {
  expect(said(rule, 'a(void *b) "%lp"')).toEqual([
    "'%lp': the length 'l' in '%lp' means nothing before 'p'",
  ]);
});
