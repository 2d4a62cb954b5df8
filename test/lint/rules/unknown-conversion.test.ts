import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unknown-conversion";

test("the caret is under it", () => {
  expect(said(rule, 'x(int a) "%y"')[0]).toMatch(/^'%y'/);
});
