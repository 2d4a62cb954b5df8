import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unique-names";

test("the later one has the finding", () => {
  expect(said(rule, "x(void)\n\nx(void)")).toEqual([
    "'x': the event 'x' is already declared on line 1",
  ]);
});
