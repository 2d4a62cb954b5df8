import { expect, test } from "vitest";
import { type CodeLanguage, tokenize } from "../../../src/lint/source/tokenize.js";
import { pick, seededRandom } from "../../support/random.js";

const images = (text: string, language: CodeLanguage = "c") =>
  tokenize(text, language).map(({ start, end }) => text.slice(start, end));

const kinds = (text: string, language: CodeLanguage = "c") =>
  tokenize(text, language).map(({ kind }) => kind);

test("names, numbers, strings and operators", () => {
  expect(images(`x->y = 0x1fUL + f("a\\"b", 'c', '\\'');`)).toEqual([
    ..."x -> y = 0x1fUL + f (".split(" "),
    '"a\\"b"',
    ",",
    "'c'",
    ",",
    "'\\''",
    ")",
    ";",
  ]);
});

test("comments are nothing, whatever stands in them", () => {
  expect(images("a /* trace_b() \" ' */ c // trace_d()\ne")).toEqual(["a", "c", "e"]);
  expect(images("a // goes on \\\n here\nb")).toEqual(["a", "b"]);
  expect(images("a /* never ends")).toEqual(["a"]);
});

test("a quote that nothing closes ends with its line", () => {
  expect(images(`don't\nb`)).toEqual(["don", "'t", "b"]);
});

test("preprocessor lines are one token each, with the lines that they go on to", () => {
  expect(kinds("#include <a.h>\n  #  if X \\\n && Y\na")).toEqual([
    "directive",
    "directive",
    "name",
  ]);
  expect(kinds("#if 1 /* a\n b */\nc")).toEqual(["directive", "name"]);
});

test("a macro's body is code, from its head to the line's end", () => {
  const text = "#define F(x, y) \\\n  trace_##x(y)\nz";
  expect(images(text)).toEqual(["#define F(x, y)", ..."trace_ ## x ( y )".split(" "), "\n", "z"]);
  expect(kinds("#define N\na")).toEqual(["define", "end", "name"]);
});

test("a # in the middle of a line is an operator", () => {
  expect(kinds("a # b")).toEqual(["name", "operator", "name"]);
});

test("Rust: comments in comments, raw strings, lifetimes, attributes", () => {
  expect(images("a /* b /* c */ d */ e", "rust")).toEqual(["a", "e"]);
  expect(images('r#"a " b"# c', "rust")).toEqual(['r#"a " b"#', "c"]);
  expect(images("&'a str, 'b'", "rust")).toEqual(["&", "'a", "str", ",", "'b'"]);
  expect(images("r#type", "rust")).toEqual(["r", "#", "type"]);
  expect(kinds("#[derive(X)]\nb", "rust")[0]).toBe("operator");
});

/** Pieces that begin, end, or split tokens; none begins a comment. */
const PIECES = [..."abz_09 \t\r\n\f\\\"'#-><:.;()[]{}*+%$&!?@^`|~=,é\0", "->", "::", "##"];
const WORDS = ["#define F(x)", "#if", "r#", '"', "\\\n", "0x1p-3", "'a", "b'\\''"];

test.each(["c", "rust"] as const)(
  "%s: everything but blanks is in exactly one token",
  (language) => {
    const random = seededRandom(17);
    for (let count = 0; count < 2000; count += 1) {
      const length = random(40);
      const pieces = Array.from({ length }, () => pick(random, random(5) ? PIECES : WORDS));
      const text = pieces.join("");
      let end = 0;
      let between = "";
      for (const token of tokenize(text, language)) {
        expect(token.start, text).toBeGreaterThanOrEqual(end);
        expect(token.end, text).toBeGreaterThan(token.start);
        between += text.slice(end, token.start);
        end = token.end;
      }
      expect(`${between}${text.slice(end)}`.replaceAll(/\\\r?\n/g, ""), text).toMatch(/^\s*$/);
    }
  },
);

test.each(["/", "/*", "//", "/* a */", "// a\n"])("a comment may begin anywhere: %j", (comment) => {
  for (const language of ["c", "rust"] as const) {
    for (const piece of [...PIECES, ...WORDS]) {
      const tokens = tokenize(`${piece}${comment}${piece}\nlast`, language);
      expect(
        tokens.every(
          ({ start, end }, index) => start < end && start >= (tokens[index - 1]?.end ?? 0),
        ),
      ).toBe(true);
    }
  }
});
