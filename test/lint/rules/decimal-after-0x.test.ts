import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "decimal-after-0x";

test("a plain conversion becomes hexadecimal, its width kept", () => {
  expect(fixedBy(rule, 'a(uint32_t b) "0x%08u"')).toBe('a(uint32_t b) "0x%08x"');
});

test("a macro becomes its hexadecimal kin, layout kept", () => {
  expect(fixedBy(rule, 'a(int64_t b) "size 0x%"PRIi64')).toBe('a(int64_t b) "size 0x%"PRIx64');
});

test("the caret is under the conversion", () => {
  expect(said(rule, 'a(unsigned b) "0x%d"')).toEqual([
    "'%d': '%d' prints a decimal number behind '0x'",
  ]);
});

test("0x elsewhere is no matter", () => {
  expect(said(rule, 'a(int b) "0x is not %d"')).toEqual([]);
});

test("flags that hexadecimal conversions do not have are dropped", () => {
  expect(fixedBy(rule, `a(int b) "0x%+-'08d"`)).toBe('a(int b) "0x%-08x"');
  expect(fixedBy(rule, 'a(int64_t b) "0x% "PRIi64')).toBe('a(int64_t b) "0x%"PRIx64');
});
