import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "stray-letter";

test("a length modifier behind the letter is one too", () => {
  expect(said(rule, 'a(unsigned b) "len: %ul"')).toEqual([
    "'l': 'l' behind '%u' is printed as text: the conversion ends before it",
  ]);
});

test("letters behind a macro are found in the string behind it", () => {
  expect(said(rule, 'a(uint64_t b) "at 0x%" PRIx64 "lx)"')).toEqual([
    "'lx': 'lx' behind '%PRIx64' is printed as text: the conversion ends before it",
  ]);
  expect(fixedBy(rule, 'a(uint64_t b) "at 0x%" PRIx64 "lx)"')).toBe(
    'a(uint64_t b) "at 0x%" PRIx64 ")"',
  );
});

test("sizes, times and units are let be", () => {
  expect(said(rule, 'a(int b, int c) "%dx%d"')).toEqual([]);
  expect(said(rule, 'a(int b) "%dx speed"')).toEqual([]);
  expect(said(rule, 'a(int b, int c) "%dHz %ums"')).toEqual([]);
});

test("a word behind a conversion is another mistake", () => {
  expect(said(rule, 'a(int b) "%ddone"')).toEqual([]);
});

test("digits that are left open by x are let be", () => {
  expect(said(rule, 'a(int b) "affinity 0x%xxx"')).toEqual([]);
});
