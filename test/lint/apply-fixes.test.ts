import { expect, test } from "vitest";
import type { Fix } from "../../src/diagnostics/catalogue.js";
import { applyFixes, fixAll } from "../../src/lint/apply-fixes.js";

const fix = (start: number, end: number, replacement: string): Fix => ({
  span: { start, end },
  replacement,
});

test("fixes are put in from the text's start on, in whatever order they come", () => {
  expect(applyFixes("one two", [fix(4, 7, "2"), fix(0, 3, "1")])).toEqual({
    text: "1 2",
    applied: 2,
  });
});

test("of two that overlap or touch the first is taken", () => {
  expect(applyFixes("abcdef", [fix(1, 3, "X"), fix(2, 5, "Y")])).toEqual({
    text: "aXdef",
    applied: 1,
  });
  expect(applyFixes("abcdef", [fix(1, 3, "X"), fix(3, 5, "Y")]).text).toBe("aXdef");
});

test("an empty span inserts", () => {
  expect(applyFixes("ab", [fix(1, 1, " ")]).text).toBe("a b");
  expect(applyFixes("ab", [fix(0, 0, "x"), fix(0, 0, "y")]).text).toBe("xab");
});

test("fixAll goes on while something is offered", () => {
  const shorten = (text: string) => (text.length > 3 ? [fix(0, 1, "")] : []);
  expect(fixAll("abcdef", shorten)).toEqual({ text: "def", applied: 3 });
});

test("fixAll ends where fixes never do", () => {
  const grow = (text: string) => [fix(text.length, text.length, "x")];
  expect(fixAll("", grow).text).toHaveLength(10);
});
