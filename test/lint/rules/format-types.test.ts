import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "format-types";

test("a string for a number has no fix", () => {
  expect(said(rule, 'a(int b) "%s"')).toEqual(["'%s': '%s' wants 'char *', but 'b' is 'int'"]);
  expect(fixedBy(rule, 'a(int b) "%s"')).toBe('a(int b) "%s"');
});

test("a macro of another width becomes a plain conversion", () => {
  expect(fixedBy(rule, 'a(int b) "%" PRIx64 "."')).toBe('a(int b) "%x."');
});

test("signedness is no matter of types here", () => {
  expect(said(rule, 'a(unsigned b) "%d"')).toEqual([]);
});

test("a star wants an int", () => {
  expect(said(rule, 'a(uint64_t n, char *s) "%.*s"')).toEqual([
    "'%.*s': '%.*s' wants 'int', but 'n' is 'uint64_t'",
  ]);
});

test("a macro that follows the string at once stays a word of its own", () => {
  expect(fixedBy(rule, 'a(uint64_t b, int c) "%d"PRIx64')).toBe(
    'a(uint64_t b, int c) "%" PRId64 PRIx64',
  );
});
