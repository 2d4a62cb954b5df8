import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repoRoot } from "./support/repo-root.js";

/** Milliseconds after which the process hangs for certain: it takes a few seconds, or hours. */
const HANGS = 120_000;

test("no text of a million characters makes a search quadratic", { timeout: 2 * HANGS }, () => {
  const script = join(repoRoot, "test/support/long-texts.ts");
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script], {
    cwd: repoRoot,
    encoding: "utf8",
    timeout: HANGS,
    killSignal: "SIGKILL",
  });
  expect(stdout.trim().split("\n").at(-1), stdout + stderr).toBe("all");
});
