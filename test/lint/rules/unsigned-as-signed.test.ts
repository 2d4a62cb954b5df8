import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "unsigned-as-signed";

test("all unsigned types count, those smaller than int too", () => {
  for (const type of ["uint8_t", "unsigned", "uint64_t", "size_t", "unsigned long"]) {
    expect(said(rule, `a(${type} b) "%i"`)).toHaveLength(1);
  }
});

test("bool is neither", () => {
  expect(said(rule, 'a(bool b) "%d"')).toEqual([]);
});

test("a star takes an argument of its own", () => {
  expect(said(rule, 'a(int w, unsigned b) "%*d"')).toEqual([
    "'%*d': '%*d' is for signed numbers, but 'b' is 'unsigned'",
  ]);
});
