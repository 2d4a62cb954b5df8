import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "hex-prefix";

test("groups are let be, as QEMU's patch checker does", () => {
  for (const separator of [".", ":", "/", " "]) {
    expect(said(rule, `a(unsigned b, unsigned c) "%02x${separator}%x"`)).toEqual([]);
  }
  expect(said(rule, 'a(unsigned b, unsigned c) "%02x-%x"')).toHaveLength(2);
});

test("a group is of hexadecimal digits on both sides", () => {
  expect(said(rule, 'a(unsigned b, unsigned c) "%d:%x"')).toHaveLength(1);
});
