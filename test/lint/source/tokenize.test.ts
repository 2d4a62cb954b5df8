import { expect, test } from "vitest";
import { type CodeLanguage, tokenize } from "../../../src/lint/source/tokenize.js";

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

test("anything at all ends", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
  for (const language of ["c", "rust"] as const) {
    for (let start = 0; start < bytes.length; start++) tokenize(bytes.slice(start), language);
  }
});
