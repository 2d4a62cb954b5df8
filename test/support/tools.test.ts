import { describe, expect, test } from "vitest";
import { skippedName } from "./needing.js";
import { describeWith, missing, shared, sharedPath, testWith, tools } from "./tools.js";

describe("what a test needs", () => {
  test("a skipped test's name says what it lacks", () => {
    expect(skippedName("decode equals simpletrace.py", ["python", "qemu-scripts"])).toBe(
      "decode equals simpletrace.py [needs python, qemu-scripts]",
    );
  });

  test("nothing needed, nothing missing", () => {
    expect(missing([])).toEqual([]);
  });

  test("a tool is missing exactly when it has no path", () => {
    for (const tool of ["shared", "python", "gcc", "gcc32", "qemu"] as const)
      expect(missing([tool]).length === 0, tool).toBe(tools[tool] !== undefined);
  });
});

testWith(["shared"], "the shared folder's paths are absolute", (tool) => {
  expect(sharedPath("recordings")).toBe(`${tool.shared}/recordings`);
  expect(shared).toMatch(/^\//);
});

describeWith(["python"], "with Python", (tool) => {
  test("its path is handed to the group", () => {
    expect(tool.python).toBe(tools.python);
  });
});
