import { describe, expect, test } from "vitest";
import { Source } from "../../grammar/source.js";

describe("a place in a text", () => {
  const source = new Source("trace-events", "one\n\nthree\n");

  test.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 1, 4],
    [4, 2, 1],
    [5, 3, 1],
    [9, 3, 5],
  ])("offset %i is line %i, column %i", (offset, line, column) => {
    expect(source.locate(offset)).toEqual({ line, column });
  });

  test("past the end it is the end", () => {
    expect(source.locate(11)).toEqual({ line: 4, column: 1 });
    expect(source.locate(1000)).toEqual({ line: 4, column: 1 });
  });

  test("columns are UTF-16 units", () => {
    expect(new Source("", "😀x").locate(2)).toEqual({ line: 1, column: 3 });
  });

  test("an empty text has one place", () => {
    expect(new Source("", "").locate(0)).toEqual({ line: 1, column: 1 });
  });
});

describe("a line of a text", () => {
  const source = new Source("trace-events", "one\n\nthree");

  test.each([
    [1, "one"],
    [2, ""],
    [3, "three"],
    [4, ""],
  ])("line %i is '%s'", (line, text) => {
    expect(source.line(line)).toBe(text);
  });

  test("a carriage return stays, a newline does not", () => {
    expect(new Source("", "one\r\ntwo").line(1)).toBe("one\r");
  });
});
