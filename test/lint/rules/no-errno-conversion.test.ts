import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "no-errno-conversion";

test("%m in any format", () => {
  expect(said(rule, 'x(void) "%m", "b"')).toHaveLength(1);
  expect(said(rule, 'x(void) "%%m"')).toEqual([]);
});
