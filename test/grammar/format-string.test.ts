import { describe, expect, test } from "vitest";
import type { EventNode, FormatNode } from "../../grammar/ast.js";
import {
  type ConversionPiece,
  type FormatString,
  parseFormatString,
} from "../../grammar/format-string.js";
import { parse } from "../../grammar/parse.js";

/** The format of an event as a file has it, such as `"0x%" PRIx64`. */
function formatNode(format: string): FormatNode {
  const { file, problems } = parse(`e(void) ${format}\n`);
  expect(problems).toEqual([]);
  return (file.lines[0] as EventNode).formats[0]!;
}

function formatString(format: string): FormatString {
  return parseFormatString(formatNode(format));
}

/** The text of a format that is all literal and has no problem. */
function literal(format: string): string {
  const { pieces, problems } = formatString(format);
  expect(problems).toEqual([]);
  return pieces.map((piece) => (piece.kind === "literal" ? piece.text : "?")).join("|");
}

/** The only piece of a format, a conversion, without its kind and span. */
function conversion(format: string): Omit<ConversionPiece, "kind" | "span"> {
  const { pieces, problems } = formatString(format);
  expect(problems).toEqual([]);
  expect(pieces).toHaveLength(1);
  const { kind, span, ...rest } = pieces[0] as ConversionPiece;
  expect(kind).toBe("conversion");
  return rest;
}

describe("literal text", () => {
  test.each([
    ['"plain"', "plain"],
    ['"joined" " as " "C joins"', "joined as C joins"],
    ['"100%%"', "100%"],
    ['"%%d"', "%d"],
    ['"%" "%"', "%"],
    [String.raw`"\\ \" \' \?"`, "\\ \" ' ?"],
    [String.raw`"\a\b\f\n\r\t\v"`, "\x07\b\f\n\r\t\v"],
    [String.raw`"\x41\x7e"`, "A~"],
    [String.raw`"\101\0\60"`, "A\0" + "0"],
    [String.raw`"\1234"`, "S4"],
    [String.raw`"\x25d"`, "]"],
    [String.raw`"\x4" "1"`, "\x041"],
    [String.raw`"\\n"`, "\\n"],
    ['"é😀"', "é😀"],
    [String.raw`"caf\xc3\xa9"`, "café"],
    [String.raw`"caf\303\251"`, "café"],
    [String.raw`"caf\xc3" "\251s"`, "cafés"],
    [String.raw`"\xf0\x9f\x98\x80💀\xef\xbb\xbf"`, "😀💀\ufeff"],
    [String.raw`"a\xe9 b"`, "a\ufffd b"],
    [String.raw`"é\xa9"`, "é\ufffd"],
    [String.raw`"\xed\xa0\x80"`, "\ufffd\ufffd\ufffd"],
  ])("%s is %j", (format, text) => {
    expect(literal(format)).toBe(text);
  });

  test("an empty format has no pieces", () => {
    expect(formatString('""').pieces).toEqual([]);
  });
});

const none = { flags: "", width: undefined, precision: undefined, length: "" };

describe("a conversion", () => {
  test.each([..."diouxXcsp"])("%%%s", (specifier) => {
    expect(conversion(`"%${specifier}"`)).toEqual({ ...none, specifier });
  });

  test.each(["hh", "h", "l", "ll", "j", "z", "t", "L"])("%%%sd has a length", (length) => {
    expect(conversion(`"%${length}d"`)).toEqual({ ...none, length, specifier: "d" });
  });

  test.each([
    ['"%5d"', { width: 5 }],
    ['"%05d"', { flags: "0", width: 5 }],
    ['"%-5d"', { flags: "-", width: 5 }],
    ['"%+d"', { flags: "+" }],
    ['"% d"', { flags: " " }],
    ['"%#d"', { flags: "#" }],
    [`"%'d"`, { flags: "'" }],
    ['"%-+ #0d"', { flags: "-+ #0" }],
    ['"%00d"', { flags: "00" }],
    ['"%.3d"', { precision: 3 }],
    ['"%.d"', { precision: 0 }],
    ['"%.03d"', { precision: 3 }],
    ['"%10.3d"', { width: 10, precision: 3 }],
    ['"%*d"', { width: "*" }],
    ['"%.*d"', { precision: "*" }],
    ['"%-*.*d"', { flags: "-", width: "*", precision: "*" }],
  ])("%s", (format, parts) => {
    expect(conversion(format)).toEqual({ ...none, ...parts, specifier: "d" });
  });

  test.each(
    [..."diouxX"].flatMap((letter) =>
      ["8", "16", "32", "64", "PTR", "MAX"].map((width) => [letter, width]),
    ),
  )("PRI%s%s", (letter, width) => {
    expect(conversion(`"%" PRI${letter}${width}`)).toEqual({
      ...none,
      length: `PRI${width}`,
      specifier: letter,
    });
  });

  test("flags, width and precision stand before a macro too", () => {
    expect(conversion('"%-08.4" PRIx64')).toEqual({
      flags: "-0",
      width: 8,
      precision: 4,
      length: "PRI64",
      specifier: "x",
    });
  });

  test("may be joined of two strings, and spelled by escapes", () => {
    expect(conversion('"%l" "d"')).toEqual({ ...none, length: "l", specifier: "d" });
    expect(conversion(String.raw`"\x25\154d"`)).toEqual({ ...none, length: "l", specifier: "d" });
  });
});

test("literals and conversions alternate in the text's order", () => {
  const { pieces } = formatString('"a %d%% " "%" PRIx64 "%s."');
  expect(pieces.map((piece) => (piece.kind === "literal" ? piece.text : piece.specifier))).toEqual([
    "a ",
    "d",
    "% ",
    "x",
    "s",
    ".",
  ]);
});

describe("a span is the source's text", () => {
  /** The source of every piece. */
  function sources(format: string): string[] {
    const text = `e(void) ${format}\n`;
    return formatString(format).pieces.map(({ span }) => text.slice(span.start, span.end));
  }

  test.each([
    ['"a%db"', ["a", "%d", "b"]],
    ['"%d%-5s"', ["%d", "%-5s"]],
    [String.raw`"\t%d\n"`, [String.raw`\t`, "%d", String.raw`\n`]],
    ['"x%%y"', ["x%%y"]],
    ['"0x%" PRIx64', ["0x", '%" PRIx64']],
    ['"0x%08"PRIx64" of %u"', ["0x", '%08"PRIx64', " of ", "%u"]],
    ['"a" "b%d"', ['a" "b', "%d"]],
    ['"%l" "d"', ['%l" "d']],
    [String.raw`"a\x41"`, [String.raw`a\x41`]],
    [String.raw`"a\x25" "d"`, ["a", String.raw`\x25" "d`]],
    [String.raw`"\xc3\xa9%d\xc3"`, [String.raw`\xc3\xa9`, "%d", String.raw`\xc3`]],
  ])("%s", (format, expected) => {
    expect(sources(format)).toEqual(expected);
  });

  test("behind lines before it too", () => {
    const text = '# head\ne(int a) "n %d"\n';
    const node = (parse(text).file.lines[1] as EventNode).formats[0]!;
    const [, { span }] = parseFormatString(node).pieces as [unknown, ConversionPiece];
    expect(text.slice(span.start, span.end)).toBe("%d");
  });
});

describe("what is wrong", () => {
  /** Every problem as its code, the source that it points at, and its values. */
  function problems(format: string): unknown[] {
    const text = `e(void) ${format}\n`;
    return formatString(format).problems.map(({ code, span, values }) => [
      code,
      text.slice(span.start, span.end),
      ...Object.values(values),
    ]);
  }

  test.each([
    [String.raw`"a\qb"`, ["unknown-escape", String.raw`\q`, String.raw`\q`]],
    [String.raw`"\xg"`, ["unknown-escape", String.raw`\x`, String.raw`\x`]],
    [String.raw`"\9"`, ["unknown-escape", String.raw`\9`, String.raw`\9`]],
    ['"%y"', ["unknown-conversion", "%y", "%y"]],
    ['"100%"', ["unknown-conversion", "%", "%"]],
    ['"5% y"', ["unknown-conversion", "% ", "% "]],
    ['"%5 d"', ["unknown-conversion", "%5", "%5"]],
    [String.raw`"%\xc3\xa9"`, ["unknown-conversion", String.raw`%\xc3`, String.raw`%\xc3`]],
    ['"%lPRIx64"', ["unknown-conversion", "%l", "%l"]],
    ['"0x" PRIx64', ["stray-macro", '0x" PRIx64', "PRIx64"]],
    ["PRIx64", ["stray-macro", "PRIx64", "PRIx64"]],
  ])("%s", (format, problem) => {
    expect(problems(format)).toEqual([problem]);
  });

  test("is text as C has it: a macro without % is what it expands to", () => {
    const text = (format: string) =>
      formatString(format).pieces.map((piece) => piece.kind === "literal" && piece.text);
    expect(text(String.raw`"a\qb"`)).toEqual(["aqb"]);
    expect(text('"%y"')).toEqual(["%y"]);
    expect(text(String.raw`"%\xc3\xa9"`)).toEqual(["%é"]);
    expect(text('"100%"')).toEqual(["100%"]);
    expect(text('"0x" PRIx64')).toEqual(["0xlx"]);
    expect(text('"%u" PRIx8').at(-1)).toBe("x");
  });

  test("does not end the reading", () => {
    expect(formatString('"%y %d"').pieces).toMatchObject([
      { kind: "literal", text: "%y " },
      { kind: "conversion", specifier: "d" },
    ]);
  });

  test("a private-use character is text like any other", () => {
    expect(literal('"\ue000"')).toBe("\ue000");
    expect(problems('"%\ue000"')).toEqual([["unknown-conversion", "%\ue000", "%\ue000"]]);
  });
});

describe("long formats are read to their end", () => {
  test.each([
    ["conversions and escapes", String.raw`%d\t`, 100_000],
    ["percent signs", "% ", 100_000],
    ["zeros behind a percent sign", "0", 1_000_000],
  ])("%s", (_, part, count) => {
    const format = `"%${part.repeat(count)}d"`;
    expect(formatString(format).pieces.at(-1)!.span.end).toBe(
      format.length - 1 + "e(void) ".length,
    );
  });
});
