/** Reading a line back against an enumeration of all values that print it. */

import { describe, expect, test } from "vitest";
import { formatPrintf } from "../../../src/printf/format.js";
import type { PrintfValue } from "../../../src/printf/piece.js";
import { FormatReader } from "../../../src/traces/lines/format-reader.js";
import { modelsOf } from "../../runtime/trace-events-of.js";
import { pick, seededRandom } from "../../support/random.js";

const read = (line: string, text: string) => new FormatReader(modelsOf(`${line}\n`)[0]!).read(text);

describe("of several ways to read a line, the first", () => {
  type Row = readonly [line: string, text: string, values: PrintfValue[], uncertain?: string[]];
  const rows: readonly Row[] = [
    // A string ends at the first place where the rest fits, a number at the last.
    ['e(char *a, char *b) "%s%s"', "xy", ["", "xy"], ["a", "b"]],
    ['e(char *a, char *b) "%s-%s"', "x-y", ["x", "y"]],
    ['e(char *a, char *b) "%s-%s"', "x-y-z", ["x", "y-z"], ["a", "b"]],
    ['e(char *a, int b) "%s-%d"', "x-y-1", ["x-y", 1]],
    ['e(char *a, int b) "%s-%d"', "x--1", ["x", -1], ["a", "b"]],
    ['e(int a, int b) "%d%d"', "12", [1, 2]],
    ['e(int a, int b) "%d%d"', "123", [12, 3], ["a", "b"]],
    ['e(int a, int b) "%d%d"', "1-2", [1, -2]],
    ['e(int a, int b) "%x%x"', "ab", [10, 11]],
    ['e(int a, char b) "%d%c"', "12", [1, 50]],
    ['e(char a, int b) "%c%d"', "12", [49, 2]],
    ['e(int a) "%d0"', "100", [10]],
    ['e(int a) "%xa"', "aa", [10]],
    ['e(int a) "%xg"', "ag", [10]],
    ['e(int a) "%oa"', "7a", [7]],
    ['e(void *a) "%pf"', "0x1f", [1n]],
    ['e(void *a, int b) "%p%x"', "(nil)5", [0n, 5]],
    ['e(int a) "%3d "', "  5 ", [5]],
    ['e(int a) "%-3d x"', "5   x", [5]],
    ['e(int a, char *b) "%-3d%s"', "5    x", [5, "  x"]],
    ['e(char *a, int b) "%s %2d"', "x  5", ["x", 5]],
    ['e(char *a) "%s|"', "a|b|", ["a|b"]],
    ['e(char *a) "[%s]"', "[]", [""]],
    ['e(char *a) "%sx"', "xxx", ["xx"]],
    ['e(int a, int b) "%d %d"', "1 2", [1, 2]],
    ['e(int a, int b, char *c) "%d %s"', "1 (null)", [1, null, null], ["b", "c"]],
    ['e(int a, int b) "%d"', "1", [1, null], ["b"]],
    ['e(uint64_t a, int b) "%u %d"', "1 2", [1n, 2], ["a"]],
    ['e(char a) "%3c"', "  x", [120]],
    ['e(char a, char *b) "%-3c%s"', "x  y", [120, "y"]],
    ['e(char a) "%2c|"', "  |", [32]],
  ];
  test.each(rows.map((row) => ({ row })))("$row.0 of $row.1", ({ row }) => {
    const [line, text, values, uncertain] = row;
    expect(read(line, text)).toEqual({ values, uncertain });
  });

  test.each([
    ['e(void) "a"', "ab"],
    ['e(void) "ab"', "a"],
    ['e(void) ""', " "],
    ['e(int a) "%d"', ""],
    ['e(int a) "%d."', "1"],
    ['e(int a) "%d."', "1,"],
    ['e(char a) "%c"', ""],
    ['e(char a) "%c"', "ab"],
    ['e(char a) "%3c"', " a"],
    ['e(int w, char a) "%*c"', " a"],
    ['e(char *a, int b) "%s-%d"', "x-y"],
    ['e(char *a, int b) "%s%d"', "x"],
    ['e(int a, int b) "%d%d"', "1"],
    ['e(int a) "%5d"', "1"],
  ])("%s cannot have printed %j", (line, text) => {
    expect(read(line, text)).toBeUndefined();
  });

  test("is found by a reader that has read other lines", () => {
    const reader = new FormatReader(modelsOf('e(char *a, char *b) "%s-%s"\n')[0]!);
    expect(reader.read("x")).toBeUndefined();
    expect(reader.read("x-y-z")).toEqual({ values: ["x", "y-z"], uncertain: ["a", "b"] });
    expect(reader.read("x")).toBeUndefined();
    expect(reader.read("x-y")).toEqual({ values: ["x", "y"], uncertain: undefined });
  });
});

describe("with 16 ways and more, all that might differ is uncertain", () => {
  const line = 'e(int n, char *a, char *b, int m) "%d %s-%s %d"';

  test.each([
    [15, ["a", "b"]],
    [16, ["a", "b", "m"]],
  ])("%i ways", (ways, uncertain) => {
    const text = `7 ${"-".repeat(ways)} 8`;
    expect(read(line, text)).toEqual({ values: [7, "", "-".repeat(ways - 1), 8], uncertain });
  });
});

describe("a line is given up after 20,000 steps", () => {
  // Each place of the separator is a step, and each 256 characters that are looked at.
  const line = 'e(char *a, int b) "%s,%d"';

  test("of which a long text takes few", () => {
    const long = "x".repeat(1_000_000);
    expect(read(line, `${long},5`)).toEqual({ values: [long, 5], uncertain: undefined });
  });

  test("of which a separator that comes often takes many", () => {
    expect(read(line, `${",".repeat(1_000)}5`)?.values).toEqual([",".repeat(999), 5]);
    expect(read(line, `${",".repeat(100_000)}5`)).toBeUndefined();
  });

  test("of which a very long text alone takes more", () => {
    expect(read('e(char *a) "%s"', "x".repeat(256 * 19_000))).toBeDefined();
    expect(read('e(char *a) "%s"', "x".repeat(256 * 20_001))).toBeUndefined();
    expect(read('e(char *a) "%s,"', "x".repeat(256 * 20_001))).toBeUndefined();
    expect(read('e(uint64_t a) "%lu"', "1".repeat(256 * 20_001))).toBeUndefined();
  });
});

test("all values that print a short line are considered", () => {
  const random = seededRandom(31);
  const letters = ["1", "2", "-", " ", "a", "0"];
  const conversions = ["%s", "%d", "%u", "%x", "%c", "%2d", "%-2d", "%02x", "%3s", "%2c"];
  const separators = ["", "", "-", " ", "1", "a"];
  const word = () => Array.from({ length: random(4) }, () => pick(random, letters)).join("");
  const valueFor = (conversion: string): PrintfValue => {
    if (conversion.endsWith("s")) return word();
    if (conversion.endsWith("c")) return pick(random, letters).charCodeAt(0);
    return conversion.endsWith("d") ? random(300) - 150 : random(300);
  };
  /** The one value that can have printed a part, if any has: the caller prints it again. */
  const valueIn = (conversion: string, part: string): PrintfValue => {
    // Which spaces are padding cannot be said: the string without them represents all.
    if (conversion.endsWith("s")) return conversion === "%s" ? part : part.trimStart();
    if (conversion.endsWith("c")) return (part.trim() || " ").charCodeAt(0);
    return conversion.endsWith("x") ? Number.parseInt(part, 16) : Number(part);
  };
  const counts = { unread: 0, one: 0, several: 0 };
  for (let run = 0; run < 1000; run++) {
    const chosen = [pick(random, conversions), pick(random, conversions)];
    const [first, second] = chosen as [string, string];
    const types = chosen.map((conversion) =>
      conversion.endsWith("s") ? "const char *" : conversion.endsWith("c") ? "char " : "int ",
    );
    const before = pick(random, separators);
    const between = pick(random, separators);
    const [event] = modelsOf(
      `e(${types[0]}a, ${types[1]}b) "${before}${first}${between}${second}"\n`,
    );
    const { pieces } = event!.format!;
    const print = (values: readonly PrintfValue[]) => formatPrintf(pieces, values);
    const text = run % 3 === 0 ? word() : print(chosen.map(valueFor));
    const ways: PrintfValue[][] = [];
    for (let end = before.length; end + between.length <= text.length; end++) {
      const a = valueIn(first, text.slice(before.length, end));
      const b = valueIn(second, text.slice(end + between.length));
      const head = formatPrintf(pieces.slice(0, before === "" ? 1 : 2), [a]);
      if (head === text.slice(0, end) && print([a, b]) === text) ways.push([a, b]);
    }
    counts[ways.length === 0 ? "unread" : ways.length === 1 ? "one" : "several"]++;
    const reading = new FormatReader(event!).read(text);
    const shown = JSON.stringify([before, first, between, second, text]);
    expect(reading !== undefined, shown).toBe(ways.length > 0);
    if (!reading) continue;
    // A string ends at the first place, a number at the last.
    expect(reading.values, shown).toEqual(first.endsWith("s") ? ways[0] : ways.at(-1));
    for (const [index, name] of ["a", "b"].entries())
      if (ways.some((way) => way[index] !== ways[0]![index]))
        expect(reading.uncertain, shown).toContain(name);
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
});
