import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

let tree: string;
let out: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "qtrace-"));
  out = join(tree, "generated");
  mkdirSync(join(tree, "hw", "net"), { recursive: true });
  writeFileSync(join(tree, "trace-events"), 'top(void) ""\n');
  writeFileSync(join(tree, "hw", "net", "trace-events"), 'nic_reset(int unit) "unit %d"\n');
});

describe("generate", () => {
  test("a folder gives a module a group, named as QEMU names groups", async () => {
    expect(await runCli(["generate", tree, "--out", out])).toMatchObject({ code: 0 });
    expect(readdirSync(out).sort()).toEqual(["hw_net.ts", "root.ts"]);
  });

  test("--check is content with what it has just made", async () => {
    await runCli(["generate", tree, "--out", out]);
    expect(await runCli(["generate", tree, "--out", out, "--check"])).toMatchObject({ code: 0 });
  });

  test("--check finds a module stale when its declarations change", async () => {
    await runCli(["generate", tree, "--out", out]);
    writeFileSync(join(tree, "trace-events"), 'top(int floor) "%d"\n');
    const { code, err } = await runCli(["generate", tree, "--out", out, "--check"]);
    expect(code).toBe(1);
    expect(err).toBe(`${join(out, "root.ts")} is stale\n`);
  });

  test("--check finds what is missing", async () => {
    const { code, err } = await runCli(["generate", tree, "--out", out, "--check"]);
    expect(code).toBe(1);
    expect(err).toContain("root.ts is missing");
  });

  test("a wrong input writes nothing at all", async () => {
    writeFileSync(join(tree, "trace-events"), 'top(int "%d"\n');
    const { code, err } = await runCli(["generate", tree, "--out", out]);
    expect(code).toBe(1);
    expect(err).toContain("trace-events:1:9: error: expected ')' behind the arguments");
    expect(() => readdirSync(out)).toThrow("ENOENT");
  });

  test("--group puts all events into one module", async () => {
    await runCli(["generate", tree, "--out", out, "--group", "mine"]);
    expect(readdirSync(out)).toEqual(["mine.ts"]);
  });

  test("--runtime is what the module imports from", async () => {
    await runCli(["generate", tree, "--out", out, "--runtime", "../tracing.js"]);
    expect(readFileSync(join(out, "root.ts"), "utf8")).toContain('from "../tracing.js"');
  });
});
