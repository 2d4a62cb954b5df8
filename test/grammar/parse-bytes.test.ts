import { describe, expect, test } from "vitest";
import { parseBytes } from "../../grammar/parse-bytes.js";
import { messageOf } from "../../src/diagnostics/catalogue.js";

/** The kind of each line, and each problem as `line:column code`. */
function outcome(bytes: Uint8Array) {
  const { file, source, problems } = parseBytes(bytes);
  return {
    lines: file.lines.map((line) => line.kind),
    problems: problems.map(({ code, span }) => {
      const { line, column } = source.locate(span.start);
      return `${line}:${column} ${code}`;
    }),
  };
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const utf8 = (text: string) => Buffer.from(text, "utf8");

describe("bytes that are no UTF-8", () => {
  test("have a problem where they stand, and their line is read if they are in a string", () => {
    expect(outcome(latin1('e(void) "caf\xe9"\nf(void)\n'))).toEqual({
      lines: ["event", "event"],
      problems: ["1:13 invalid-utf-8"],
    });
  });

  test("outside of strings break the line, with the same one problem", () => {
    expect(outcome(latin1("e(int caf\xe9)\n"))).toEqual({
      lines: ["broken"],
      problems: ["1:10 invalid-utf-8"],
    });
  });

  test("are told once a line, with the first of them", () => {
    const { problems } = parseBytes(latin1("# \xfc \xe9\xe9\n"));
    expect(problems.map(messageOf)).toEqual([
      "the byte 0xfc is no UTF-8, nor are 2 more on this line",
    ]);
  });

  test("do not shift what stands behind them", () => {
    const bytes = Buffer.concat([utf8("# é😀 "), latin1("\xff"), utf8(" 😀\ne(int) \n")]);
    expect(outcome(bytes).problems).toEqual(["1:7 invalid-utf-8", "2:3 unnamed-argument"]);
  });

  // Unicode 15, table 3-7: the first and last bytes of each row, and those beside them.
  test.each([
    ["7f", "80"],
    ["c2 80", "c1 bf"],
    ["df bf", "df c0"],
    ["e0 a0 80", "e0 9f bf"],
    ["ed 9f bf", "ed a0 80"],
    ["ee 80 80", "ed bf bf"],
    ["ef bf bf", "ef c0 80"],
    ["f0 90 80 80", "f0 8f bf bf"],
    ["f4 8f bf bf", "f4 90 80 80"],
    ["f3 bf bf bf", "f5 80 80 80"],
    ["e2 82 ac", "e2 82"],
    ["f0 9f 98 80", "f0 9f 98"],
    ["e2 82 bf", "e2 82 c0"],
    ["f0 9f 98 bf", "f0 9f 98 7f"],
  ])("%s is UTF-8 in a declaration, %s is not", (character, none) => {
    const line = (hex: string) =>
      Buffer.concat([utf8('e(void) "'), Buffer.from(hex.replaceAll(" ", ""), "hex"), utf8('"\n')]);
    const found = (hex: string) =>
      parseBytes(line(hex)).problems.filter(({ code }) => code === "invalid-utf-8");
    expect(found(character)).toEqual([]);
    expect(found(none)).toMatchObject([
      { span: { start: 9, end: 10 }, values: { byte: Number.parseInt(none.slice(0, 2), 16) } },
    ]);
  });

  test("a replacement character that was written is a character", () => {
    expect(outcome(utf8("# \ufffd\n")).problems).toEqual([]);
  });

  test("no run of bytes throws, nor takes another number of lines than it has", () => {
    for (let first = 0x80; first < 0x100; first++) {
      for (const rest of ["", "\x80", "\x9f\x80", "\xbf\xbf\xbf", "\x80\x80\x80\x80", "A"]) {
        const bytes = latin1(`# ${String.fromCharCode(first)}${rest}\n`);
        const { source, problems } = parseBytes(bytes);
        expect(source.text.split("\n")).toHaveLength(2);
        // Node's own decoder judges whether the line is UTF-8.
        expect(problems.some(({ code }) => code === "invalid-utf-8")).toBe(
          bytes.toString("utf8").includes("\ufffd"),
        );
      }
    }
  });
});

describe("what an editor does not show", () => {
  test("a byte-order mark is told, and not read", () => {
    expect(outcome(utf8("\ufeffe(void)\n"))).toEqual({
      lines: ["event"],
      problems: ["1:1 byte-order-mark"],
    });
  });

  test("a second one is none of the first line's characters either", () => {
    expect(outcome(utf8("\ufeff\ufeffe(void)\n"))).toEqual({
      lines: ["event"],
      problems: ["1:1 byte-order-mark"],
    });
  });

  test("CR LF is told once, with the number of lines", () => {
    const { problems } = parseBytes(utf8("e(void)\r\nf(void)\r\n"));
    expect(problems.map(messageOf)).toEqual([
      "2 lines end in CR LF, where LF alone is expected; qtrace fmt mends it",
    ]);
  });

  test("each run of tabs is told, also in strings and comments", () => {
    expect(outcome(utf8('\t\te(void)\t"a\tb"\n# \tx\n')).problems).toEqual([
      "1:1 tab",
      "1:10 tab",
      "1:13 tab",
      "2:3 tab",
    ]);
  });

  test("a NUL is told in a string, and outside of one only once", () => {
    expect(outcome(utf8('e(void) "\0"\ne(int \0 a)\n'))).toEqual({
      lines: ["event", "broken"],
      problems: ["1:10 control-character", "2:7 unexpected-character"],
    });
  });

  test("a line that is too long for C's compilers is told where it begins to be", () => {
    expect(outcome(utf8(`e(void) "${"x".repeat(5000)}"\n`)).problems).toEqual(["1:4096 long-line"]);
  });

  test("a line of 10 MB is told of once for each thing that is wrong in it", () => {
    const bytes = latin1(`# ${"\xe9".repeat(10_000_000)}\n`);
    expect(outcome(bytes).problems).toEqual(["1:3 invalid-utf-8", "1:4096 long-line"]);
  });
});
