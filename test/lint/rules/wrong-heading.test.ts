import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "wrong-heading";

const files = (heading: string) => ({
  "ui/trace-events": `# ${heading}\nupdate(void)\n`,
  "ui/a.c": "",
  "ui/sub/b.c": "{ trace_update(); }",
  "ui/c.c": "{ trace_update(); }",
});

test("the message names a file that calls it, and how many more", () => {
  expect(said(rule, files("a.c"))).toEqual([
    "'update': 'a.c' does not call 'trace_update'; ui/sub/b.c and 1 more do",
  ]);
});

test("a heading may name a file in a folder, from here or from the top, or in any folder", () => {
  for (const heading of ["c.c", "sub/b.c", "ui/c.c", "*/b.c", "*/c.c"]) {
    expect(said(rule, files(heading))).toEqual([]);
  }
});

test("a word alone begins another part, other comments do not", () => {
  const text = (comment: string) => ({
    ...files("a.c"),
    "ui/trace-events": `# a.c\n# ${comment}\nupdate(void)\n`,
  });
  expect(said(rule, text("others"))).toEqual([]);
  expect(said(rule, text("when the window is drawn"))).toHaveLength(1);
});

test("a heading of a file that is not there is another mistake", () => {
  expect(said(rule, files("gone.c"))).toEqual([]);
});
