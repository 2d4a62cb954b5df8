import { describe, expect, test } from "vitest";
import { commentText, identifier, stringLiteral, wholeNumber } from "../../src/codegen/escape.js";

describe("the text of a comment", () => {
  test.each([
    ["plain `text` \"and\" 'quotes'", "plain `text` \"and\" 'quotes'"],
    ["a */ b */ c", String.raw`a *\/ b *\/ c`],
    ["* /", "* /"],
    ["a\nb\rc\0d", String.raw`a\u{a}b\u{d}c\u{0}d`],
    ["\x1f \x7f\x80\x9f\xa0", `\\u{1f} \\u{7f}\\u{80}\\u{9f}\xa0`],
    ["\u2027\u2028\u2029\u202a\u202e\u202f", "\u2027\\u{2028}\\u{2029}\\u{202a}\\u{202e}\u202f"],
    ["\u2065\u2066\u2069\u206a", "\u2065\\u{2066}\\u{2069}\u206a"],
    ["\ud800 \udfff \u{1f600}", "\\u{d800} \\u{dfff} \u{1f600}"],
  ])("of %j is %j", (text, expected) => {
    expect(commentText(text)).toBe(expected);
  });
});

describe("a string literal", () => {
  test.each([
    ["", '""'],
    ["plain", '"plain"'],
    ["it's", `"it's"`],
    ['say "a" and "b"', `'say "a" and "b"'`],
    [`"it's"`, String.raw`"\"it's\""`],
    [String.raw`a\b`, String.raw`"a\\b"`],
    [String.raw`"a\b"`, String.raw`'"a\\b"'`],
    ["\n\t\0\x7f", String.raw`"\n\t\u0000\u007f"`],
    ["\x80\x9f\xa0", `"\\u0080\\u009f\xa0"`],
    ["\u2028\u202e\u2066", String.raw`"\u2028\u202e\u2066"`],
    ["\ud800\u{1f600}", `"\\ud800\u{1f600}"`],
  ])("of %j is %s", (text, expected) => {
    expect(stringLiteral(text)).toBe(expected);
    // biome-ignore lint/security/noGlobalEval: JavaScript itself must read it as the text.
    expect(globalThis.eval(expected)).toBe(text);
  });
});

describe("an identifier", () => {
  test.each(["a", "_", "$", "a1", "_1", "a$", "é", "名前", "\u{20bb7}", "ab_C9$"])(
    "is %s",
    (name) => {
      expect(identifier(name)).toBe(name);
    },
  );

  test.each(["", "1", "1a", "a b", "a-b", " a", "a ", "a\n", "-a", "a.b", "\u{1f600}"])(
    "is not %j",
    (name) => {
      const message = `no tracer can have the name ${JSON.stringify(name)} in it`;
      expect(() => identifier(name)).toThrow(new TypeError(message));
    },
  );
});

describe("an integer", () => {
  test.each([
    [0, "0"],
    [-1, "-1"],
    [2 ** 53 - 1, "9007199254740991"],
  ])("is %d", (value, expected) => {
    expect(wholeNumber(value)).toBe(expected);
  });

  test.each([
    [2 ** 53, "9007199254740992"],
    [1.5, "1.5"],
    ["1" as unknown as number, '"1"'],
  ])("is not %j", (value, shown) => {
    const message = `no tracer can have the number ${shown} in it`;
    expect(() => wholeNumber(value)).toThrow(new TypeError(message));
  });
});
