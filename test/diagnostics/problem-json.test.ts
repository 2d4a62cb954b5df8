import { expect, test } from "vitest";
import { problemJson } from "../../src/diagnostics/problem-json.js";
import { lintExample } from "../support/lint-text.js";

const json = (text: string) =>
  lintExample(text, "recommended").flatMap(({ source, problems }) =>
    problems.map((problem) => problemJson(source, problem)),
  );

test("a finding has its place, its words and its mend: this form is stable", () => {
  expect(json('\na(int b) "%ddone"')).toEqual([
    {
      file: "trace-events",
      line: 2,
      column: 13,
      endLine: 2,
      endColumn: 17,
      severity: "warning",
      code: "missing-blank",
      message: "no blank between '%d' and 'done'",
      fix: { line: 2, column: 13, endLine: 2, endColumn: 13, replacement: " " },
    },
  ]);
});

test("where no mend is certain there is no such key", () => {
  expect(json('a(void) "("')[0]).not.toHaveProperty("fix");
});
