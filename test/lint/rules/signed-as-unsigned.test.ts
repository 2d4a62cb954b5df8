import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "signed-as-unsigned";

test("a macro is a conversion too", () => {
  expect(said(rule, 'a(int64_t b) "%" PRIu64')).toHaveLength(1);
  expect(said(rule, 'a(uint64_t b) "%" PRIu64')).toEqual([]);
});
