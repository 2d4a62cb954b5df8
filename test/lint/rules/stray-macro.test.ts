import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "stray-macro";

test("the macro is named", () => {
  expect(said(rule, 'x(unsigned a) "%u" PRIx8')[0]).toContain("no '%' stands before PRIx8");
});
