import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "wide-conversion";

test("the macro gets the argument's width, layout kept", () => {
  expect(fixedBy(rule, 'a(uint8_t b) "0x%"PRIx32""')).toBe('a(uint8_t b) "0x%"PRIx8""');
});

test("plain conversions are for anything up to int", () => {
  expect(said(rule, 'a(uint8_t b) "0x%02x"')).toEqual([]);
});
