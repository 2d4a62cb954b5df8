import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "single-format";

test("the second has the finding", () => {
  expect(said(rule, 'tcg x(void) "a", "b"')[0]).toMatch(/^'"b"'/);
});
