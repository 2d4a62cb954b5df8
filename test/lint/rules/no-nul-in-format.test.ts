import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "no-nul-in-format";

test("\\x00 is a NUL too", () => {
  expect(said(rule, 'x(void) "a\\x00"')).toHaveLength(1);
});
