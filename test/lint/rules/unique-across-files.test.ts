import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unique-across-files";

test("the second file has the finding, with the place of the first", () => {
  const files = { "a/trace-events": "x(void)", "b/trace-events": "y(void)\nx(void)" };
  expect(said(rule, files)).toEqual(["'x': the event 'x' is also declared in a/trace-events:1"]);
});

test("twice in one file is told by unique-names", () => {
  expect(said(rule, "x(void)\nx(void)")).toEqual([]);
});
