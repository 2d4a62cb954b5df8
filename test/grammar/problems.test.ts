import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import type { SyntaxProblem } from "../../grammar/syntax-problem.js";

/** `column-endColumn code` of each problem, which must all be on line 2 of three. */
function problemsBetween(before: string, line: string, behind: string): string[] {
  const { source, problems } = parse(`${before}\n${line}\n${behind}\n`);
  return problems.map(({ code, span }) => {
    const [start, end] = [source.locate(span.start), source.locate(span.end)];
    expect([start.line, end.line]).toEqual([2, 2]);
    return `${start.column}-${end.column} ${code}`;
  });
}

const broken: readonly [line: string, ...problems: string[]][] = [
  ["e", "2-2 expected"],
  ["disable e", "10-10 expected"],
  ["e int a)", "8-9 expected"],
  ["e(", "3-3 empty-argument"],
  ["e()", "3-4 empty-argument"],
  ["e( )", "4-5 empty-argument"],
  ["e(,int a)", "3-4 empty-argument"],
  ["e(int a,)", "9-10 empty-argument"],
  ["e(int a,,int b)", "9-10 empty-argument"],
  ["e(int a,", "9-9 empty-argument"],
  ["e(int a", "8-8 expected"],
  ['e(int a "%d"', "9-13 expected"],
  ["e(int (*f)(void))", "7-8 expected"],
  ["e((void)", "3-4 expected"],
  ["e(PRIx64 a)", "3-9 expected"],
  ["e(int)", "3-6 unnamed-argument"],
  ["e(const char *)", "3-15 unnamed-argument"],
  ["e(void, int a)", "3-7 unnamed-argument"],
  ["e(int, int)", "3-6 unnamed-argument", "8-11 unnamed-argument"],
  ['e(void) "abc', "9-13 unterminated-string"],
  [String.raw`e(void) "abc\"`, "9-15 unterminated-string"],
  ['e(void) "abc\\', "9-14 unterminated-string"],
  ["e(void) abc", "9-12 text-behind-event"],
  ['e(void) "a" b  ', "13-14 text-behind-event"],
  ['e(void) "%" PRIz64', "13-19 text-behind-event"],
  ["e(void) # why", "9-14 text-behind-event"],
  ["e(void))", "8-9 text-behind-event"],
  ["e(void) f(void)", "9-16 text-behind-event"],
  ['e(void), "a"', "8-13 text-behind-event"],
  ['e(void) "a",', "13-13 expected"],
  ['e(void) "a", b', "14-15 expected"],
  ['tcg e(void) "a", "b", "c"', "21-26 text-behind-event"],
  ["(void)", "1-7 not-an-event"],
  ['"abc"', "1-6 not-an-event"],
  ["\t*", "2-3 not-an-event"],
  ["e(void);", "8-9 unexpected-character"],
  ["e(int a[3])", "8-9 unexpected-character", "10-11 unexpected-character"],
  ["e(int... a)", "6-9 unexpected-character"],
  ["$e(void)", "1-2 unexpected-character"],
  ["é(void)", "1-2 unexpected-character"],
  ["😀(void)", "1-3 unexpected-character"],
  ["e(void) 'a'", "9-10 unexpected-character", "11-12 unexpected-character"],
  ['e(int a) "%d" \\', "15-16 unexpected-character"],
];

describe.each(broken)("the broken line %j", (line, ...problems) => {
  test("has its problem where it went wrong", () => {
    expect(problemsBetween("a(void)", line, "b(void)")).toEqual(problems);
  });

  test("leaves the lines around it alone", () => {
    const { file } = parse(`a(void)\n${line}\nb(void)\n`);
    expect(file.lines).toMatchObject([
      { kind: "event", name: { text: "a" } },
      { kind: "broken", span: { start: 8, end: 8 + line.length } },
      { kind: "event", name: { text: "b" } },
    ]);
  });

  test("tells the same between other broken lines", () => {
    const { problems: found } = parse(`${line}\n${line}\n`);
    expect(found.map(({ code }) => code)).toEqual(
      [...problems, ...problems].map((problem) => problem.split(" ")[1]),
    );
  });
});

describe("what a problem tells", () => {
  const valuesOf = (line: string): SyntaxProblem["values"] =>
    parse(`${line}\n`).problems[0]!.values;

  test.each([
    ["e int", { expected: "'(' behind the event's name", found: "" }],
    ["e(int a", { expected: "')' behind the arguments", found: "" }],
    ['e(int a "%d")', { expected: "')' behind the arguments", found: '"%d"' }],
    ["e((void))", { expected: "an argument's type", found: "(" }],
    ['e(void) "a", b', { expected: "a string or a PRI macro", found: "b" }],
    ["e(void) x y ", { found: "x y" }],
    ["(void)", { found: "(void)" }],
    ["e(int $$ a)", { found: "$$" }],
    ["e(char *)", { type: "char *" }],
  ])("%s", (line, values) => {
    expect(valuesOf(line)).toEqual(values);
  });
});

test("problems are in the text's order", () => {
  const { source, problems } = parse('e(\nf(void) "x\n$\ng(int)\nh');
  expect(problems.map(({ span, code }) => `${source.locate(span.start).line} ${code}`)).toEqual([
    "1 empty-argument",
    "2 unterminated-string",
    "3 unexpected-character",
    "4 unnamed-argument",
    "5 expected",
    "5 missing-final-newline",
  ]);
});
