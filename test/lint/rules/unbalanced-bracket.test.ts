import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unbalanced-bracket";

test("a bracket that nothing opened is found at its place", () => {
  expect(said(rule, 'a(int b) "b %d) end"')).toEqual(["')': this ')' is never opened"]);
});

test("the kinds of an interval may differ", () => {
  expect(said(rule, 'a(int b, int c) "[%d, %d)"')).toEqual([]);
});

test("brackets reach over conversions and parts", () => {
  expect(said(rule, 'a(uint64_t b) "(0x%" PRIx64 ")"')).toEqual([]);
});
