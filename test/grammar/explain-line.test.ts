import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { messageOf } from "../../src/diagnostics/catalogue.js";

/** `column message` of each problem of a line. */
function problems(line: string): string[] {
  return parse(`${line}\n`).problems.map(
    (problem) => `${problem.span.start + 1} ${messageOf(problem)}`,
  );
}

describe("a line's problems are all told", () => {
  test("two arguments without names, and text behind the format", () => {
    expect(problems('e(int, char *, int ok) "%d" PRId24')).toEqual([
      "3 the argument 'int' has no name: expected a type, then a name",
      "8 the argument 'char *' has no name: expected a type, then a name",
      "29 expected the end of the line behind the event, found 'PRId24'; " +
        "a PRI macro is PRI, one of d i o u x X, and 8, 16, 32, 64, PTR or MAX",
    ]);
  });

  test("an empty argument beside one that has no name", () => {
    expect(problems("e(int,, int b)")).toEqual([
      "3 the argument 'int' has no name: expected a type, then a name",
      "7 empty argument; an event without arguments is declared with 'void'",
    ]);
  });

  test("an argument without a name before a string that is not closed", () => {
    expect(problems('e(int) "%d')).toEqual([
      "3 the argument 'int' has no name: expected a type, then a name",
      "8 the string has no closing '\"': expected one before the end of the line",
    ]);
  });

  test("numbers for the event's name and an argument's", () => {
    expect(problems("9p(int 2)")).toEqual([
      "1 expected a name, found '9p'",
      "8 expected an argument's name, found '2'",
    ]);
  });

  test("what follows from a character that cannot be read is not told", () => {
    expect(problems("e(int) 'got %d'")).toEqual([
      "3 the argument 'int' has no name: expected a type, then a name",
      "8 unexpected character '''; a format stands between double quotes",
      "13 unexpected character '%'",
      "15 unexpected character '''; a format stands between double quotes",
    ]);
  });

  test("a comment behind an event is told where it belongs", () => {
    expect(problems("e(void) # why")).toEqual([
      "9 expected the end of the line behind the event, found '# why'; " +
        "a comment has a line of its own",
    ]);
  });
});

describe("an argument that C would not take", () => {
  test.each([
    ["e(unsigned int)", "3 the argument 'unsigned int' has no name: expected a type, then a name"],
    [
      "e(int a, const void)",
      "10 the argument 'const void' has no name: expected a type, then a name",
    ],
    ["e(*a)", "3 expected an argument's type, found '*'"],
    ["e(char *const a)", "3 expected one name behind '*', found 'char *const a'"],
    ["e(char *a b)", "3 expected one name behind '*', found 'char *a b'"],
  ])("%s", (line, problem) => {
    expect(problems(line)).toEqual([problem]);
  });

  test("const between stars is C, and read", () => {
    const { file } = parse("e(const char *const *a)\n");
    expect(file.lines).toMatchObject([
      { arguments: [{ type: { pointers: 2, stars: "*const *" }, name: { text: "a" } }] },
    ]);
  });
});
