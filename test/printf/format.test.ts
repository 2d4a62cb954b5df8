import { describe, expect, test } from "vitest";
import type { EventNode } from "../../grammar/ast.js";
import { parse } from "../../grammar/parse.js";
import { bindFormat } from "../../src/model/bind-format.js";
import type { DataModel } from "../../src/model/c-type.js";
import { formatPrintf } from "../../src/printf/format.js";
import type { PrintfValue } from "../../src/printf/piece.js";

/** C's printf; a format is given as C's source has it, such as `"0x%" PRIx64`. */
function printf(format: string, values: readonly PrintfValue[], dataModel?: DataModel): string {
  const { file } = parse(`e(void) ${format}\n`);
  const node = (file.lines[0] as EventNode).formats[0]!;
  return formatPrintf(bindFormat(node, values.length, dataModel).pieces, values);
}

type Example = readonly [format: string, values: readonly PrintfValue[], text: string];

function examples(name: string, table: readonly Example[]): void {
  describe(name, () => {
    for (const [format, values, text] of table)
      test(`${format} of ${values.map(String).join(", ") || "nothing"}`, () => {
        expect(printf(format, values)).toBe(text);
      });
  });
}

examples("text", [
  ['""', [], ""],
  ['"plain"', [], "plain"],
  ['"100%%"', [], "100%"],
  ['"a=%d b=%d"', [1, 2], "a=1 b=2"],
]);

examples("decimals", [
  ['"%d"', [-1], "-1"],
  ['"%i"', [42], "42"],
  ['"%u"', [-1], "4294967295"],
  ['"%d"', [4294967295], "-1"],
  ['"%5d|%-5d|%05d"', [42, 42, 42], "   42|42   |00042"],
  ['"%05d"', [-42], "-0042"],
  ['"%+d|% d|%+d"', [1, 1, -1], "+1| 1|-1"],
  ['"%.3d|%8.3d|%-8.3d|"', [7, 7, -7], "007|     007|-007    |"],
  ['"%08.3d"', [7], "     007"],
  ['"%.0d|%.0d"', [0, 1], "|1"],
  ['"%ld"', [-(2n ** 63n)], "-9223372036854775808"],
  ['"%lu"', [-1], "18446744073709551615"],
  ['"%hhd|%hhu"', [200, 456], "-56|200"],
  ['"%hd|%hu"', [40000, 65537], "-25536|1"],
  ['"%zu|%td|%jd|%lld"', [1n, -1n, 2n, -2n], "1|-1|2|-2"],
  ['"%d"', [true], "1"],
  ['"%u"', [2n ** 32n + 5n], "5"],
]);

examples("hexadecimals and octals", [
  ['"%x|%X"', [48879, 48879], "beef|BEEF"],
  ['"%#x|%#X|%#o"', [255, 255, 8], "0xff|0XFF|010"],
  ['"%#x|%#o"', [0, 0], "0|0"],
  ['"%#010x|%#10x|%-#10x|"', [255, 255, 255], "0x000000ff|      0xff|0xff      |"],
  ['"%.4x|%8.4x"', [255, 255], "00ff|    00ff"],
  ['"%#.4o|%#.1o"', [8, 8], "0010|010"],
  ['"%x"', [-1], "ffffffff"],
  ['"%lx"', [-1n], "ffffffffffffffff"],
  ['"%hhx"', [-1], "ff"],
]);

examples("PRI macros", [
  ['"0x%" PRIx64', [2n ** 63n], "0x8000000000000000"],
  ['"%016" PRIx64', [255n], "00000000000000ff"],
  ['"%" PRId64 "/%" PRIu32', [-1n, -1], "-1/4294967295"],
  ['"%" PRIu8 " %" PRIx16', [300, 70000], "300 11170"],
  ['"%" PRIXPTR', [48879n], "BEEF"],
]);

examples("strings", [
  ['"%s"', ["a"], "a"],
  ['"%5s|%-5s|"', ["ab", "ab"], "   ab|ab   |"],
  ['"%.2s|%.0s|%.9s"', ["abc", "abc", "abc"], "ab||abc"],
  ['"%s"', [null], "(null)"],
  ['"%.6s|%.5s|"', [null, null], "(null)||"],
  ['"%8s"', [null], "  (null)"],
]);

examples("strings that are not ASCII: widths count bytes", [
  ['"%5s|"', ["é"], "   é|"],
  ['"%-6s|"', ["日"], "日   |"],
  ['"%.3s|"', ["日本"], "日|"],
]);

examples("a character that a precision cuts is U+FFFD, as in a log that is read as UTF-8", [
  ['"%.1s|"', ["é"], "\ufffd|"],
  ['"%.4s|"', ["日本"], "日\ufffd|"],
  ['"%.3s|"', ["😀"], "\ufffd|"],
  ['"%5.1s|"', ["é"], "    \ufffd|"],
]);

examples("characters", [
  ['"%c%c"', [104, 105], "hi"],
  ['"%3c|%-3c|"', [97, 97], "  a|a  |"],
  ['"%c"', [0], "\0"],
  ['"%c|%3c"', [0xe9, -1], "\ufffd|  \ufffd"],
]);

examples("pointers", [
  ['"%p"', [0x7f00n], "0x7f00"],
  ['"%p"', [2n ** 64n - 1n], "0xffffffffffffffff"],
  ['"%p"', [0n], "(nil)"],
  ['"%10p|%-10p|"', [1n, 1n], "       0x1|0x1       |"],
  ['"%7p|"', [0], "  (nil)|"],
  ['"%+p|% p"', [1n, 1n], "+0x1| 0x1"],
]);

examples("widths and precisions of arguments", [
  ['"%*d|"', [5, 42], "   42|"],
  ['"%*d|"', [-5, 42], "42   |"],
  ['"%-*d|"', [-5, 42], "42   |"],
  ['"%.*d|"', [3, 7], "007|"],
  ['"%.*d|"', [-3, 7], "7|"],
  ['"%.*s|"', [2, "abc"], "ab|"],
  ['"%*.*x|"', [6, 4, 255], "  00ff|"],
]);

describe("what C leaves open, and a trace may hold", () => {
  test("an argument that is missing is 0, or a null string", () => {
    const pieces = (specifier: string) => [{ specifier, argument: 3, bits: 64 }];
    expect(formatPrintf(pieces("d"), [])).toBe("0");
    expect(formatPrintf(pieces("s"), [])).toBe("(null)");
    expect(formatPrintf(pieces("p"), [])).toBe("(nil)");
  });

  test("a text under another conversion than %s is printed as it is", () => {
    expect(printf('"%p|%5d|%lx"', ["disk0", "ab", "é"])).toBe("disk0|   ab|é");
  });

  test("a number under %s is printed in decimal", () => {
    expect(printf('"%s %s"', [5, 2n ** 64n])).toBe("5 18446744073709551616");
  });

  test("fractions are cut, and what is no number is 0", () => {
    expect(printf('"%ld %lu %d"', [1.5, -1.5, 2.9])).toBe("1 18446744073709551615 2");
    expect(printf('"%ld %lx %d"', [Number.NaN, Number.NEGATIVE_INFINITY, Number.NaN])).toBe(
      "0 0 0",
    );
  });

  test("a number of 64 bits prints as the bigint does", () => {
    for (const value of [0, 1, -1, 2 ** 31, -(2 ** 31), Number.MAX_SAFE_INTEGER, -(2 ** 53)])
      for (const conversion of ['"%ld"', '"%lu"', '"%lx"', '"%#lo"', '"%p"', '"%hhd"', '"%u"'])
        expect(printf(conversion, [value])).toBe(printf(conversion, [BigInt(value)]));
  });

  test("a width of gigabytes is no gigabytes of blanks", () => {
    expect(printf('"%*d"', [2 ** 31 - 1, 1])).toHaveLength(65536);
    expect(printf('"%.*d"', [2 ** 31 - 1, 1])).toHaveLength(65536);
    expect(printf('"%99999999999999999999s"', ["a"])).toHaveLength(65536);
  });
});

describe("where long and pointers have 32 bits", () => {
  for (const [format, value, text] of [
    ['"%ld"', -1n, "-1"],
    ['"%lx"', -1n, "ffffffff"],
    ['"%zu"', -1n, "4294967295"],
    ['"%p"', 2n ** 32n - 1n, "0xffffffff"],
    ['"%" PRIxPTR', -1n, "ffffffff"],
    ['"%llx"', -1n, "ffffffffffffffff"],
    ['"%" PRIx64', -1n, "ffffffffffffffff"],
  ] as const)
    test(`${format} of ${value}`, () => {
      expect(printf(format, [value], "ILP32")).toBe(text);
    });
});
