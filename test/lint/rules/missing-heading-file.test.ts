import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "missing-heading-file";

test("a file of nearly that name is proposed, or one elsewhere", () => {
  const files = {
    "i2c/trace-events": "# i2c-mux.c\n# gone.c\n",
    "i2c/i2c_mux.c": "",
    "x/gone.c": "",
  };
  expect(said(rule, files)).toEqual([
    "'# i2c-mux.c': there is no file 'i2c-mux.c'; is it 'i2c_mux.c'?",
    "'# gone.c': there is no file 'gone.c'; is it x/gone.c?",
  ]);
});

test("comments that name no file are no headings", () => {
  expect(
    said(rule, { "a/trace-events": "# See docs/tracing.rst for more\n", "a/b.c": "" }),
  ).toEqual([]);
});
