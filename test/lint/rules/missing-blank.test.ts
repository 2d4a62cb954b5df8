import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "missing-blank";

test("the blank comes between", () => {
  expect(fixedBy(rule, 'a(int b) "%ddone"')).toBe('a(int b) "%d done"');
});

test("units and short words are let be", () => {
  expect(said(rule, 'a(int b, int c, int d) "%dms %dMiB GPIO%dpin"')).toEqual([
    "'pin': no blank between '%d' and 'pin'",
  ]);
});

test("behind a string anything may stand", () => {
  expect(said(rule, 'a(const char *b) "%sselect"')).toEqual([]);
});

test("a macro that stands as text is told by another rule", () => {
  expect(said(rule, 'a(unsigned b) "%u" PRIx8')).toEqual([]);
});
