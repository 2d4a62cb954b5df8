import { describe, expect, test } from "vitest";
import { membersOf, parseRepeatedJson } from "../../../src/migration/wire/parse-repeated-json.js";

const WHOLE = [
  "{}",
  "[]",
  ' {"a" : [1, -2.5e3, true, false, null, "x\\"\\u00e9\\n"], "b": {"c": {}}} ',
  '"text"',
  "0",
  '{"__proto__": 1}',
];

describe("JSON whose keys may repeat", () => {
  test.each(WHOLE)("%s is what JSON.parse makes of it", (text) => {
    expect(parseRepeatedJson(text)).toEqual(JSON.parse(text));
  });

  test("all members of an object are kept, in order", () => {
    const object = parseRepeatedJson('{"a": 1, "b": 2, "a": 3}') as object;
    expect(object).toMatchObject({ a: 3, b: 2 });
    expect(membersOf(object)).toEqual([
      ["a", 1],
      ["b", 2],
      ["a", 3],
    ]);
  });

  test.each([
    "",
    "{",
    "[1,]",
    "[1 2]",
    '{"a" 1}',
    '{"a": }',
    "{1: 2}",
    '{"a": 1,}',
    "[1] 2",
    "nul",
    "01",
    '"\\x"',
    '"open',
    "@",
    '"\n"',
  ])("%j is refused, as by JSON.parse", (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseRepeatedJson(text)).toThrow(SyntaxError);
  });

  test("nested 100,000 deep is refused too", () => {
    expect(() => parseRepeatedJson("[".repeat(100_000))).toThrow("nested too deep");
    expect(() => parseRepeatedJson('{"a":'.repeat(100_000))).toThrow("nested too deep");
  });

  test("a string of a million characters", () => {
    const text = JSON.stringify("\\".repeat(1_000_000));
    expect(parseRepeatedJson(text)).toHaveLength(1_000_000);
  });
});
