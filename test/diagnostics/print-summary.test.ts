import { expect, test } from "vitest";
import { printSummary } from "../../src/diagnostics/print-summary.js";
import { lintExample } from "../support/lint-text.js";

test("a line for each rule, the most frequent first, and what --fix mends", () => {
  const files = lintExample(
    {
      "a/trace-events": 'a(int b) "%ddone"\nb(int b, int c) "%ddone %ddone"\nc(void) "("',
      "b/trace-events": 'd(unsigned b) "%#x"\ne(unsigned b) "%#04x"\nf(int b) "%ddone"',
    },
    "recommended",
  );
  expect(printSummary(files)).toBe(
    [
      "     4 warning missing-blank       in 2 files, --fix mends all",
      "     2 warning no-alternate-form   in 1 file, --fix mends 1",
      "     1 warning unbalanced-bracket  in 1 file",
      "",
    ].join("\n"),
  );
});

test("nothing is said of nothing", () => {
  expect(printSummary([])).toBe("");
});
