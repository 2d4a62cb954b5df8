import { expect, test } from "vitest";
import { readHunks } from "../../../src/cli/lint/changed-lines.js";

test("the lines that a diff adds, by file", () => {
  const diff = [
    "diff --git a/hw/net/trace-events b/hw/net/trace-events",
    "--- a/hw/net/trace-events",
    "+++ b/hw/net/trace-events",
    "@@ -3 +3 @@ context",
    "-old",
    "+new",
    "@@ -10,0 +11,2 @@",
    "+one",
    "+two",
    "@@ -20,2 +22,0 @@",
    "-gone",
    "-gone",
  ].join("\n");
  expect([...readHunks(diff)]).toEqual([
    [
      "hw/net/trace-events",
      [
        { first: 3, last: 3 },
        { first: 11, last: 12 },
      ],
    ],
  ]);
});

test("lines inside a hunk are text, whatever they look like", () => {
  const diff = "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n--- a/y\n+++ b/y\n+@@ -1 +1 @@\n";
  expect([...readHunks(diff)]).toEqual([["x", [{ first: 1, last: 2 }]]]);
});

test("names with blanks, and a file that is gone", () => {
  const diff =
    "--- a/a b\n+++ b/a b\t\n@@ -0,0 +1 @@\n+x\n--- a/c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
  expect([...readHunks(diff)]).toEqual([["a b", [{ first: 1, last: 1 }]]]);
});
