/** What value printed a text: C's rules for each conversion, by hand. */

import { describe, expect, test } from "vitest";
import type { PrintfConversion, PrintfValue } from "../../../src/printf/piece.js";
import { readConversion } from "../../../src/traces/lines/read-conversion.js";
import { modelsOf } from "../../runtime/trace-events-of.js";

/** Reads a text of a conversion without stars, whose value is an argument of the type. */
function read(type: string, format: string, text: string) {
  const [event] = modelsOf(`e(${type} a) "${format}"\n`);
  const [conversion] = event!.format!.pieces;
  return readConversion(conversion as PrintfConversion, event!.arguments[0]!, text);
}

const certain = (value: PrintfValue) => ({ value, certain: true });
const uncertain = (value: PrintfValue) => ({ value, certain: false });

type Row = readonly [type: string, format: string, text: string, reading: unknown];

/** One test per row; the reading is undefined where no value of the type prints the text. */
function testRows(rows: readonly Row[]): void {
  test.each(rows)("%s by %s: %j", (type, format, text, reading) => {
    expect(read(type, format, text)).toEqual(reading);
  });
}

describe("strings", () => {
  const s = "const char *";
  testRows([
    [s, "%s", "", certain("")],
    [s, "%s", " a ", certain(" a ")],
    [s, "%s", "(null)", uncertain(null)],
    [s, "%s", "(null) ", certain("(null) ")],
    [s, "%3s", " ab", uncertain("ab")],
    [s, "%3s", "abc", certain("abc")],
    [s, "%3s", "abcd", certain("abcd")],
    [s, "%3s", "ab", undefined],
    [s, "%3s", "  ab", undefined],
    [s, "%3s", "ab ", certain("ab ")],
    [s, "%-3s", "ab ", uncertain("ab")],
    [s, "%-3s", " ab", certain(" ab")],
    [s, "%8s", "  (null)", uncertain(null)],
    // Only spaces fill a field.
    [s, "%3s", " \ta", uncertain("\ta")],
    [s, "%-3s", "a\t ", uncertain("a\t")],
    [s, "%3s", "\t a", certain("\t a")],
    [s, "%.2s", "a", certain("a")],
    [s, "%.2s", "ab", uncertain("ab")],
    [s, "%.2s", "abc", undefined],
    [s, "%.3s", "é", certain("é")],
    [s, "%.2s", "é", uncertain("é")],
    ["int", "%s", "1", uncertain(null)],
    [s, "%d", "1", uncertain(null)],
  ]);
});

describe("characters", () => {
  testRows([
    ["char", "%c", "a", certain(97)],
    ["char", "%c", " ", certain(32)],
    ["char", "%c", "\x7f", certain(127)],
    ["char", "%c", "ab", undefined],
    ["char", "%c", "", undefined],
    ["int", "%c", "a", uncertain(97)],
    ["char", "%3c", "  a", certain(97)],
    ["char", "%3c", " a", undefined],
    ["char", "%-3c", "a  ", certain(97)],
    ["char", "%3c", "   ", certain(32)],
    ["char", "%3c", "  \t", certain(9)],
    ["char", "%-3c", "\t  ", certain(9)],
    ["char", "%3c", "\t a", undefined],
    // A byte from 0x80 on is not a character in UTF-8: which one it was is lost.
    ["uint8_t", "%c", "\x80", undefined],
    ["uint8_t", "%c", "\ufffd", undefined],
  ]);
});

describe("pointers", () => {
  testRows([
    ["void *", "%p", "(nil)", certain(0n)],
    ["void *", "%p", "0x1", certain(1n)],
    ["void *", "%p", "0xf0", certain(0xf0n)],
    ["void *", "%p", "0xffffffffffffffff", certain(2n ** 64n - 1n)],
    ["void *", "%p", "0x10000000000000000", undefined],
    ["void *", "%p", "0x0", undefined],
    ["void *", "%p", "0x01", undefined],
    ["void *", "%p", "0xg", undefined],
    ["void *", "%p", "1", undefined],
    ["void *", "%p", "(nil", undefined],
    ["void *", "%7p", "  (nil)", certain(0n)],
    ["void *", "%-5p", "0xab ", certain(0xabn)],
    ["void *", "%-5p", "0xab", undefined],
    ["const char *", "%p", "0x1", uncertain(null)],
  ]);
});

describe("integers", () => {
  testRows([
    ["int", "%d", "0", certain(0)],
    ["int", "%d", "-1", certain(-1)],
    ["int", "%i", "-1", certain(-1)],
    ["int", "%d", "+1", certain(1)],
    ["int", "%d", "01", undefined],
    ["int", "%d", "", undefined],
    ["int", "%d", "-", undefined],
    ["int", "%d", "1x", undefined],
    ["int", "%d", "x1", undefined],
    ["int", "%d", "2147483647", certain(2 ** 31 - 1)],
    ["int", "%d", "2147483648", undefined],
    ["int", "%d", "-2147483648", certain(-(2 ** 31))],
    ["int", "%d", "-2147483649", undefined],
    ["int", "%d", "999999999", certain(999_999_999)],
    ["int", "%d", "1000000000", certain(1_000_000_000)],
    ["unsigned", "%u", "4294967295", certain(2 ** 32 - 1)],
    ["unsigned", "%u", "4294967296", undefined],
    ["unsigned", "%u", "-1", undefined],
    ["int", "%u", "4294967295", certain(-1)],
    ["unsigned", "%d", "-1", certain(2 ** 32 - 1)],
    ["int64_t", "%ld", "-9223372036854775808", certain(-(2n ** 63n))],
    ["int64_t", "%ld", "9223372036854775808", undefined],
    ["uint64_t", "%lu", "18446744073709551615", certain(2n ** 64n - 1n)],
    ["uint64_t", "%lu", "18446744073709551616", undefined],
    ["uint64_t", "%lu", "5", certain(5n)],
    ["uint64_t", "%u", "5", uncertain(5n)],
    ["int64_t", "%d", "-5", uncertain(-5n)],
    ["uint8_t", "%u", "255", certain(255)],
    ["uint8_t", "%u", "256", undefined],
    ["int8_t", "%d", "-128", certain(-128)],
    ["int8_t", "%d", "-129", undefined],
    ["int8_t", "%u", "4294967295", certain(-1)],
    ["int8_t", "%u", "255", undefined],
    ["int", "%hhd", "-128", uncertain(-128)],
    ["int", "%hhd", "128", undefined],
    ["int", "%hhu", "255", uncertain(255)],
    ["int", "%hhu", "256", undefined],
    ["int16_t", "%hd", "-32768", certain(-32768)],
    ["void *", "%lx", "ff", certain(255n)],
    ["void *", "%x", "ff", uncertain(255n)],
    ["void *", "%ld", "-1", certain(2n ** 64n - 1n)],
    ["bool", "%d", "0", certain(false)],
    ["bool", "%d", "1", certain(true)],
    ["bool", "%d", "2", undefined],
    ["bool", "%d", "-1", undefined],
    ["unsigned", "%x", "0", certain(0)],
    ["unsigned", "%x", "ff", certain(255)],
    ["unsigned", "%x", "FF", undefined],
    ["unsigned", "%x", "123456789", undefined],
    ["unsigned", "%x", "12345678", certain(0x12345678)],
    ["unsigned", "%X", "FF", certain(255)],
    ["unsigned", "%X", "ff", undefined],
    ["unsigned", "%o", "17", certain(15)],
    ["unsigned", "%o", "18", undefined],
    ["unsigned", "%o", "37777777777", certain(2 ** 32 - 1)],
    ["unsigned", "%#x", "0xff", certain(255)],
    ["unsigned", "%#x", "ff", undefined],
    ["unsigned", "%#x", "0", certain(0)],
    ["unsigned", "%#X", "0XFF", certain(255)],
    ["unsigned", "%#o", "017", certain(15)],
    ["unsigned", "%#o", "17", undefined],
    ["int", "%5d", "   -5", certain(-5)],
    ["int", "%5d", "  -5", undefined],
    ["int", "%5d", "-5   ", undefined],
    ["int", "%-5d", "-5   ", certain(-5)],
    ["int", "%05d", "-0005", certain(-5)],
    ["int", "%05d", "00005", certain(5)],
    ["int", "%05d", "0005", undefined],
    ["int", "%.3d", "005", certain(5)],
    ["int", "%.3d", "5", undefined],
    ["int", "%+d", "+5", certain(5)],
    ["int", "%+d", "5", undefined],
    ["int", "% d", " 5", certain(5)],
    ["uint64_t", "%0100lx", "0".repeat(100), undefined],
    ["uint64_t", "%064lx", `${"0".repeat(63)}1`, certain(1n)],
    ["int", "%n", "1", undefined],
  ]);
});

describe("a number for a star", () => {
  test.each([
    ["const char *", "%*s", " a ", uncertain(" a ")],
    ["const char *", "%.*s", "(null)", uncertain(null)],
    ["int", "%*d", "   5", certain(5)],
    ["int", "%.*d", "0005", certain(5)],
    ["int", "%*d", "x", undefined],
  ])("is not known: %s by %s", (type, format, text, reading) => {
    const [event] = modelsOf(`e(int w, ${type} a) "${format}"\n`);
    const [conversion] = event!.format!.pieces;
    const argument = event!.arguments[1]!;
    expect(readConversion(conversion as PrintfConversion, argument, text)).toEqual(reading);
  });
});
