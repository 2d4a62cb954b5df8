import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "known-properties";

test("disable is known, what older versions knew has a hint", () => {
  expect(said(rule, "disable x(void)")).toEqual([]);
  expect(said(rule, "tcg x(void)")).toEqual([
    "'tcg': unknown property 'tcg': QEMU reads it up to 6.x only",
  ]);
});

test("a property called as something that every object has is unknown, and no more", () => {
  expect(said(rule, "constructor x(void)")).toEqual([
    "'constructor': unknown property 'constructor'",
  ]);
});
