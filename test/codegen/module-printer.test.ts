import { describe, expect, test } from "vitest";
import { ModulePrinter, printList } from "../../src/codegen/module-printer.js";

describe("a list", () => {
  /** A list of three elements that is `length` characters long on one line. */
  const elements = (length: number) => ["a", "b", "c".repeat(length - "[a, b, ]".length)];

  test.each([
    ["no column", 0, 1, 99],
    ["a column", 30, 1, 69],
    ["more after it", 0, 8, 92],
    ["nothing after it", 0, 0, 100],
  ])("with %s has 100 columns on a line", (_, column, trailing, length) => {
    const [a, b, c] = elements(length);
    expect(printList("[]", [a!, b!, c!], 4, column, trailing)).toBe(`[a, b, ${c}]`);
    expect(printList("[]", [a!, b!, `${c}c`], 4, column, trailing)).toBe(
      `[\n      a,\n      b,\n      ${c}c,\n    ]`,
    );
  });

  test("has one character after it by default", () => {
    expect(printList("()", ["a".repeat(97)], 0, 0)).toBe(`(${"a".repeat(97)})`);
    expect(printList("()", ["a".repeat(98)], 0, 0)).toBe(`(\n  ${"a".repeat(98)},\n)`);
  });

  test.each([
    [[], "[]"],
    [["[1]"], "[[1]]"],
    [["{ a }"], "[{ a }]"],
    [["[1]", "[2]"], "[\n  [1],\n  [2],\n]"],
    [["{ a }", "{ b }", "{ c }"], "[\n  { a },\n  { b },\n  { c },\n]"],
    [["[1]", "{ a }"], "[[1], { a }]"],
    [["[1]", "[2]", "a"], "[[1], [2], a]"],
    [["a", "[1]"], "[a, [1]]"],
    [['"a"', '"b"'], '["a", "b"]'],
    [["(a)", "(b)"], "[(a), (b)]"],
  ])("of %j has one element per line where all are arrays or all are objects", (list, text) => {
    expect(printList("[]", list, 0, 0)).toBe(text);
  });
});

describe("a module", () => {
  test("without imports or declarations is its header", () => {
    expect(new ModulePrinter("// header").toString()).toBe("// header\n");
  });

  test("has its header, its imports and its declarations, a blank line between each", () => {
    const printer = new ModulePrinter("// header");
    expect(printer.use("b", "./x.js")).toBe("b");
    expect(printer.use("type A", "./x.js")).toBe("A");
    expect(printer.use("b", "./x.js")).toBe("b");
    expect(printer.use("typed", "./y.js")).toBe("typed");
    printer.add("one;");
    printer.add("two;");
    expect(printer.toString()).toBe(
      '// header\n\nimport { type A, b } from "./x.js";\nimport { typed } from "./y.js";\n\none;\n\ntwo;\n',
    );
  });

  test.each([
    [["type B", "type A"], 'import type { A, B } from "x";'],
    [["type B", "a"], 'import { a, type B } from "x";'],
    [["a", "B", "C", "d"], 'import { a, B, C, d } from "x";'],
    [["d", "C", "B", "a"], 'import { a, B, C, d } from "x";'],
    [["type c", "type A", "b"], 'import { type A, b, type c } from "x";'],
  ])("imports %j, sorted without regard to case or 'type'", (names, expected) => {
    const printer = new ModulePrinter("");
    for (const name of names) printer.use(name, "x");
    expect(printer.toString()).toBe(`${expected}\n`);
  });

  test("imports 100 columns on a line", () => {
    const flat = (from: string) => `import { a, b } from "${from}";`;
    const from = "x".repeat(100 - flat("").length);
    const printed = (path: string) => {
      const printer = new ModulePrinter("");
      for (const name of ["b", "a"]) printer.use(name, path);
      return printer.toString();
    };
    expect(printed(from)).toBe(`${flat(from)}\n`);
    expect(printed(`${from}x`)).toBe(`import {\n  a,\n  b,\n} from "${from}x";\n`);
  });
});
