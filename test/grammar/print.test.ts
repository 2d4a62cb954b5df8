import { describe, expect, test } from "vitest";
import type { EventNode } from "../../grammar/ast.js";
import { parse } from "../../grammar/parse.js";
import { printEvent } from "../../grammar/print.js";

function reprinted(line: string): string {
  const { file, problems } = parse(`${line}\n`);
  expect(problems).toEqual([]);
  return printEvent(file.lines[0] as EventNode);
}

describe("an event is printed the one way", () => {
  test.each([
    ["e(void)", "e(void)"],
    ["  disable\tvcpu  e( void )", "disable vcpu e(void)"],
    ['e(int a,int  b)"%d"" %d"', 'e(int a, int b) "%d" " %d"'],
    ["e(char* a, const char  * b, void**c)", "e(char *a, const char *b, void **c)"],
    ["e(char * * a)", "e(char **a)"],
    ['e(uint64_t a) "0x%"PRIx64"."', 'e(uint64_t a) "0x%" PRIx64 "."'],
    ['tcg e(void) "a","b"', 'tcg e(void) "a", "b"'],
    ['e(void) ""', 'e(void) ""'],
    [String.raw`e(void) "\"\\ \t"`, String.raw`e(void) "\"\\ \t"`],
  ])("%s", (line, printed) => {
    expect(reprinted(line)).toBe(printed);
  });

  test("what is printed is printed the same again", () => {
    const once = reprinted('disable e ( char*a,int b )  "%s"PRIx64  "" ');
    expect(reprinted(once)).toBe(once);
  });
});
