import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "signed-as-hex";

test("upper case too", () => {
  expect(said(rule, 'a(char b) "0x%X"')).toEqual(["'%X': '%X' hides the sign: 'b' is 'char'"]);
});
