import { expect, test } from "vitest";
import { printGithub } from "../../src/diagnostics/print-github.js";
import { lintExample } from "../support/lint-text.js";

const printed = (path: string, text: string) =>
  lintExample({ [path]: text }, "recommended").flatMap(({ source, problems }) =>
    problems.map((problem) => printGithub(source, problem)),
  );

test("a command of one line; columns count from 1, the last one included", () => {
  expect(printed("migration/trace-events", 'a(int b) "size 0x%d"')).toEqual([
    "::error file=migration/trace-events,line=1,endLine=1,col=18,endColumn=19," +
      "title=qtrace%3A decimal-after-0x::'%25d' prints a decimal number behind '0x'\n",
  ]);
});

test("a warning is one", () => {
  expect(printed("trace-events", 'a(void) "("')[0]).toMatch(/^::warning file=trace-events,/);
});

test("what has a meaning to GitHub is escaped", () => {
  const [line] = printed("a,b:c%/trace-events", 'a(void) "("');
  expect(line).toMatch(/^::warning file=a%2Cb%3Ac%25\/trace-events,line=1,/);
});
