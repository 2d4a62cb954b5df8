import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "generator-layout";

test("a blank before an event, and one before its parenthesis", () => {
  expect(said(rule, " a(void)\ndisable\tb \t(void)")).toEqual([
    "' ': no blank may stand before an event",
    "' \t': no blank may stand between an event's name and its '('",
  ]);
  expect(fixedBy(rule, " a(void)\ndisable\tb \t(void)")).toBe("a(void)\ndisable\tb(void)");
});

test("blanks elsewhere are nobody's business", () => {
  expect(said(rule, 'disable  a( int b )  "%d"  ""  \n  # comment\n \n')).toEqual([]);
});

const comma = "',': QEMU takes what stands behind a string's last comma for a second format";

test("a string that ends with a comma, before another string or a macro", () => {
  expect(said(rule, 'a(int b) "a, " "b"')).toEqual([comma]);
  expect(said(rule, 'a(int b) "a," PRIx64')).toEqual([comma]);
  expect(said(rule, 'a(uint64_t b) "%" PRIx64 ", " "x"')).toEqual([comma]);
});

test("before a blank at the end of the line too", () => {
  expect(said(rule, 'a(int b) "a," ')).toEqual([comma]);
});

test("a comma at the end of the line, or inside a string, is none", () => {
  expect(said(rule, 'a(int b) "a,"')).toEqual([]);
  expect(said(rule, 'a(int b) "a,"\r\n')).toEqual([]);
  expect(said(rule, 'a(int b) "a, b" "c"')).toEqual([]);
  expect(said(rule, String.raw`a(int b) "a,\"b\"" "c"`)).toEqual([]);
});

test("two formats are the matter of single-format", () => {
  expect(said(rule, 'a(void) "b,", "c"')).toEqual([]);
});
