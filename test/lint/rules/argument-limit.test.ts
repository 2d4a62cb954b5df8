import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "argument-limit";

test("all that are too many are marked", () => {
  const ten = "int a, int b, int c, int d, int e, int f, int g, int h, int i, int j";
  expect(said(rule, `x(${ten})`)).toEqual([]);
  expect(said(rule, `x(${ten}, int k, int l)`)).toEqual([
    "'int k, int l': 12 arguments; an event may have 10 at most",
  ]);
});
