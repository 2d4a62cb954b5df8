import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "portable-types";

test("every place is told", () => {
  expect(said(rule, 'a(uint64_t b, uint64_t c) "%lx %lx"')).toHaveLength(2);
});

test("the macro keeps flags and width, and the text behind", () => {
  expect(fixedBy(rule, 'a(uint64_t b) "[%016lx]"')).toBe('a(uint64_t b) "[%016" PRIx64 "]"');
});

test("size_t has a length of its own", () => {
  expect(fixedBy(rule, 'a(size_t b) "len %lu"')).toBe('a(size_t b) "len %zu"');
});

test("long is printed with l everywhere", () => {
  expect(said(rule, 'a(unsigned long b) "%lx"')).toEqual([]);
});

test("what 64-bit hosts refuse too is told by format-types", () => {
  expect(said(rule, 'a(uint64_t b) "%x"')).toEqual([]);
  expect(said("format-types", 'a(uint64_t b) "%x"')).toHaveLength(1);
});
