import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repoRoot } from "../support/repo-root.js";
import { type MutationReport, scoreOf, survivorsOf } from "./mutation-report.js";
import { rooms } from "./rooms.js";

/** A mutant that replaces `1 < 2` in the second line. */
function mutant(status: string, mutatorName = "EqualityOperator") {
  const location = { start: { line: 2, column: 9 }, end: { line: 2, column: 14 } };
  return { mutatorName, replacement: "1 <= 2", status, location };
}

function report(...mutants: ReturnType<typeof mutant>[]): MutationReport {
  return { files: { "src/a.ts": { source: "let a;\nreturn (1 < 2);\n", mutants } } };
}

test("the score is of covered and uncovered mutants together, rounded down", () => {
  const statuses = ["Killed", "RuntimeError", "Survived", "NoCoverage", "NoCoverage", "NoCoverage"];
  expect(scoreOf(report(...statuses.map((status) => mutant(status))))).toMatchObject({
    score: 33.3,
    noticed: 2,
    survived: 1,
    notCovered: 3,
  });
});

test("mutants that could not be tested do not count", () => {
  const statuses = ["Timeout", "Ignored", "CompileError"];
  expect(scoreOf(report(...statuses.map((status) => mutant(status))))).toMatchObject({
    score: 100,
    noticed: 1,
  });
});

test("survivors are counted by kind, the most frequent kind first", () => {
  const { survivors } = scoreOf(
    report(
      mutant("Survived", "StringLiteral"),
      mutant("Survived"),
      mutant("NoCoverage"),
      mutant("Killed", "StringLiteral"),
    ),
  );
  expect(Object.entries(survivors)).toEqual([
    ["EqualityOperator", 2],
    ["StringLiteral", 1],
  ]);
});

test("a survivor has its place, and the code before and after", () => {
  expect(survivorsOf(report(mutant("Survived"), mutant("Killed")))).toEqual([
    {
      file: "src/a.ts",
      line: 2,
      column: 9,
      kind: "EqualityOperator",
      status: "",
      before: "1 < 2",
      after: "1 <= 2",
    },
  ]);
});

test("each room is a folder", () => {
  for (const name of Object.keys(rooms)) expect(existsSync(join(repoRoot, name)), name).toBe(true);
});
