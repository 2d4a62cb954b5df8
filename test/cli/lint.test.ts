import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { repoRoot } from "../support/repo-root.js";

describe("lint", () => {
  test("a clean file is fine", async () => {
    expect(await runCli(["lint", "-"], 'a(int b) "%d"\n')).toMatchObject({ code: 0, out: "" });
  });

  test("an error is shown with its line and a caret, and exits 1", async () => {
    const { code, out } = await runCli(["lint", "-"], "a(struct b *c)\n");
    expect(code).toBe(1);
    expect(out).toMatch(/^-:1:3: error: the type 'struct b \*' is not allowed/);
    expect(out).toContain("\n    a(struct b *c)\n      ^^^^^^^^^^\n");
  });

  test("--format json is an array of findings", async () => {
    const { out } = await runCli(["lint", "-", "--format", "json"], "a(int)\n");
    expect(JSON.parse(out)).toMatchObject([
      { line: 1, column: 3, endColumn: 6, severity: "error", code: "unnamed-argument" },
    ]);
  });
});

describe("parse", () => {
  test("prints the tree, and problems beside it", async () => {
    const { code, out, err } = await runCli(["parse", "-"], 'a(int b) "%d"\nb(\n');
    expect(code).toBe(1);
    expect(JSON.parse(out).tree.lines[0]).toMatchObject({ kind: "event", name: { text: "a" } });
    expect(err).toContain("-:2:3: error:");
  });
});

test("finds nothing in the project's own declarations", async () => {
  const told = await runCli(["lint", join(repoRoot, "trace-events")]);
  expect(told).toEqual({
    code: 0,
    out: "",
    err: expect.stringMatching(/: 0 errors, 0 warnings\n$/),
  });
});
