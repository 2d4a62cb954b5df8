import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unknown-escape";

test("C's escapes are known", () => {
  expect(said(rule, 'x(void) "\\t\\x41\\\\"')).toEqual([]);
});
