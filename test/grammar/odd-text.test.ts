import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";

/** The kind of each line, and each problem as `line:column code`. */
function outcome(text: string) {
  const { file, source, problems } = parse(text);
  return {
    lines: file.lines.map((line) => line.kind),
    problems: problems.map(({ code, span }) => {
      const { line, column } = source.locate(span.start);
      return `${line}:${column} ${code}`;
    }),
  };
}

describe("line ends", () => {
  test("CRLF is as good as LF", () => {
    const text = '# head\r\n\r\ne(int a) "%d"\r\nf(void)\r\n';
    expect(outcome(text)).toEqual({ lines: ["comment", "blank", "event", "event"], problems: [] });
    expect(parse(text).file.lines[0]).toMatchObject({ text: "head" });
  });

  test("a broken line is told in a file with CRLF too", () => {
    expect(outcome("e(void) x\r\nf(void)\r\n")).toEqual({
      lines: ["broken", "event"],
      problems: ["1:9 text-behind-event"],
    });
    expect(parse("e(void) x\r\n").problems[0]!.span).toEqual({ start: 8, end: 9 });
  });

  test("a last line without a newline is a problem, but read", () => {
    expect(outcome("e(void)\nf(void)")).toEqual({
      lines: ["event", "event"],
      problems: ["2:8 missing-final-newline"],
    });
  });

  test("a comment without a newline is a problem too", () => {
    expect(outcome("# end")).toEqual({
      lines: ["comment"],
      problems: ["1:6 missing-final-newline"],
    });
  });

  test("an empty file, and one of blank lines, have none", () => {
    expect(outcome("")).toEqual({ lines: [], problems: [] });
    expect(outcome("\n\r\n \t\n")).toEqual({ lines: ["blank", "blank", "blank"], problems: [] });
  });
});

describe("characters that nobody expects", () => {
  test("a byte order mark is a problem of the first line", () => {
    expect(outcome("\ufeffe(void)\nf(void)\n")).toEqual({
      lines: ["broken", "event"],
      problems: ["1:1 unexpected-character"],
    });
  });

  test("a NUL is a problem where it stands", () => {
    expect(outcome("e(int\0 a)\n")).toEqual({
      lines: ["broken"],
      problems: ["1:6 unexpected-character"],
    });
  });

  test("in a string, and in a comment, any character may stand", () => {
    expect(outcome('e(void) "\0\ufeffé😀\u2028"\n# \0é\u2028\n')).toEqual({
      lines: ["event", "comment"],
      problems: [],
    });
  });

  test("Unicode's line separators end no line", () => {
    expect(outcome("e(void)\u2028f(void)\n").problems).toEqual(["1:8 unexpected-character"]);
  });

  test("a no-break space is no blank", () => {
    expect(outcome('e(void)\u00a0"x"\n').problems).toEqual(["1:8 unexpected-character"]);
  });
});

describe("10 MB on one line", () => {
  const size = 10_000_000;

  test.each([
    ["a string", `e(void) "${"x".repeat(size)}"\n`, "event", []],
    ["a string of escapes", `e(void) "${'\\"'.repeat(size / 2)}"\n`, "event", []],
    [
      "an open string of escapes",
      `e(void) "${'\\"'.repeat(size / 2)}\n`,
      "broken",
      ["1:9 unterminated-string"],
    ],
    ["a comment", `#${" x".repeat(size / 2)}\n`, "comment", []],
    ["blanks", `${" \t".repeat(size / 2)}\n`, "blank", []],
    ["a name", `${"x".repeat(size)}\n`, "broken", [`1:${size + 1} expected`]],
    [
      "what is no character of the language",
      `${"$".repeat(size)}\n`,
      "broken",
      ["1:1 unexpected-character"],
    ],
  ])("%s", (_, text, kind, problems) => {
    expect(outcome(text)).toEqual({ lines: [kind], problems });
  });

  test.each([
    ["parentheses", "(", "not-an-event", 1],
    ["strings", '""', "not-an-event", 1],
    ["names without arguments", "x ", "expected", 1],
    ["lone characters", "$ ", "unexpected-character", 500_000],
  ])("1 MB of %s", (_, part, code, count) => {
    const { problems } = parse(`${part.repeat(1_000_000 / part.length)}\n`);
    expect(problems).toHaveLength(count);
    expect(problems[0]!.code).toBe(code);
  });

  test("a hundred thousand arguments, all without a name", () => {
    expect(parse(`e(${"int,".repeat(99_999)}int)\n`).problems).toHaveLength(100_000);
  });
});

test.each(["(", "e(void) x", "e(", "e(int", "$", '"'])(
  "five thousand lines of '%s' are as many problems",
  (line) => {
    expect(parse(`${line}\n`.repeat(5000)).problems).toHaveLength(5000);
  },
);
