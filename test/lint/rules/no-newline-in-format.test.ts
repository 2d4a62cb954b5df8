import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "no-newline-in-format";

test("a backslash before an n is none", () => {
  expect(said(rule, 'x(void) "a\\\\n"')).toEqual([]);
  expect(said(rule, 'x(void) "a\\nb\\n"')).toHaveLength(2);
});
