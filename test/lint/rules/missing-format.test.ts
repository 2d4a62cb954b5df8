import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "missing-format";

test("an empty format is one", () => {
  expect(said(rule, 'a(void) ""')).toEqual([]);
});
