import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { repoRoot } from "./repo-root.js";
import { closingLine, closingLines, wantsLine } from "./skips-reporter.js";

describe("what is printed", () => {
  test("the wants are counted, the commonest first", () => {
    const skipped = [
      "a [needs python]",
      "b [needs shared]",
      "c [needs python, shared]",
      "d [needs shared]",
    ];
    expect(wantsLine(skipped)).toBe("skipped 4 for want of: shared 3, python 2");
  });

  test("a skip without a reason is called that", () => {
    expect(wantsLine(["a"])).toBe("skipped 1 for want of: no stated reason 1");
  });

  test("the closing line leaves out the skipped where there are none", () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: [] })).toBe("3 passed, 0 failed");
  });

  test("forbidden skips are named, each on a line", () => {
    expect(closingLines({ passed: 3, failed: 0, skipped: ["a [needs python]"] }, true)).toEqual([
      "skipped, but must not be: a [needs python]",
      "skipped 1 for want of: python 1",
      "3 passed, 0 failed, 1 skipped",
    ]);
  });

  test("what a machine does not permit may be skipped", () => {
    expect(closingLines({ passed: 3, failed: 0, skipped: ["a [needs mount]"] }, true)).toEqual([
      "skipped 1 for want of: mount 1",
      "3 passed, 0 failed, 1 skipped",
    ]);
  });
});

describe("a run of vitest", () => {
  const passing = 'import { test } from "vitest"; test("is fine", () => {});';
  const skipping = `${passing} test.skip("is not [needs python]", () => {});`;

  test("passes with a skipped test", () => {
    expect(run(skipping, {})).toMatchObject({ status: 0, last: "1 passed, 0 failed, 1 skipped" });
  });

  test("fails with a skipped test under QTRACE_NO_SKIPS=1", () => {
    const { status, out } = run(skipping, { QTRACE_NO_SKIPS: "1" });
    expect(status).toBe(1);
    expect(out).toContain("\nskipped, but must not be: some.test.ts > is not [needs python]\n");
  });

  test("passes under QTRACE_NO_SKIPS=1 where the machine does not permit more", () => {
    const lacking = skipping.replace("python", "mount");
    const last = "1 passed, 0 failed, 1 skipped";
    expect(run(lacking, { QTRACE_NO_SKIPS: "1" })).toMatchObject({ status: 0, last });
  });

  test("passes under QTRACE_NO_SKIPS=1 where none is skipped", () => {
    const strict = run(passing, { QTRACE_NO_SKIPS: "1" });
    expect(strict).toMatchObject({ status: 0, last: "1 passed, 0 failed" });
  });

  test("counts a file that cannot be loaded as a failure", () => {
    expect(run("throw new Error('broken')", {})).toMatchObject({
      status: 1,
      last: "0 passed, 1 failed",
    });
  });

  test("counts a group whose set-up fails, and a rejection nobody handles", () => {
    const source = `import { beforeAll, describe, test } from "vitest";
      describe("group", () => { beforeAll(() => { throw new Error("no") }); test("t", () => {}) });
      test("stray", () => { Promise.reject(new Error("stray")) });`;
    expect(run(source, {})).toMatchObject({ status: 1, last: "1 passed, 2 failed, 1 skipped" });
  });
});

/** Runs vitest with our reporter on a made-up test file, inside the repo so that it finds vitest. */
function run(source: string, env: Record<string, string>) {
  mkdirSync(join(repoRoot, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(repoRoot, ".cache", "skips-reporter-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const reporter = join(repoRoot, "test", "support", "skips-reporter.ts");
  const config = { test: { reporters: ["default", reporter] } };
  writeFileSync(join(folder, "vitest.config.mjs"), `export default ${JSON.stringify(config)};`);
  writeFileSync(join(folder, "some.test.ts"), source);
  const vitest = join(repoRoot, "node_modules", "vitest", "vitest.mjs");
  const { QTRACE_NO_SKIPS: _, ...inherited } = process.env;
  const child = spawnSync(process.execPath, [vitest, "run", "--root", folder], {
    encoding: "utf8",
    env: { ...inherited, ...env },
  });
  const out = child.stdout;
  return { status: child.status, out, last: out.trimEnd().split("\n").at(-1) };
}
