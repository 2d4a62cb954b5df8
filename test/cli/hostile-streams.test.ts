/** The streams of cases/hostile/craft.py, through every command that reads a stream. */

import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCli } from "../support/built-cli.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** MB of memory that a command may take, Node's own included. */
const MEMORY = 500;
/** Bytes on the disk that outputs of a stream of a few KB may take. */
const DISK = 16 << 20;

/**
 * Runs craft.py. It adds to an immutable string 200,000 times, which takes a quarter of an hour; the
 * same statements with a mutable one take a second.
 */
const RUN_CRAFT = `import sys
source = open(sys.argv[1]).read()
assert source.count(r"s=b'\\x01'") == 2
exec(source.replace(r"s=b'\\x01'", r"s=bytearray(b'\\x01')"))
`;

/** A module that writes the most memory that the process had, in MB, to a file. */
const REPORT_MEMORY = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(process.env.QTRACE_PEAK, String(process.resourceUsage().maxRSS / 1024)));
`)}`;

const FILES = [
  ...["a40", "a43", "a50", "manyblocks", "names", "mapped33", "mapped50", "mapped512"],
] as const;

describeWith(["shared", "python"], "hostile streams", (tool) => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-craft-"));
  const crafted = join(work, "crafted");
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  let cli: string;
  let outputs = 0;

  beforeAll(async () => {
    const craft = sharedPath("cases", "hostile", "craft.py");
    mkdirSync(crafted);
    execFileSync(tool.python, ["-c", RUN_CRAFT, craft], { cwd: crafted });
    cli = await buildCli("hostile-streams");
  }, 120_000);

  /** Runs the built command line in a separate process, and checks what is true of every run. */
  function run(args: readonly string[], output?: string, stdin?: string) {
    const peak = join(work, "peak");
    rmSync(peak, { force: true });
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ["--import", REPORT_MEMORY, cli, ...args],
      {
        env: { ...process.env, QTRACE_PEAK: peak },
        ...(stdin !== undefined && { input: readFileSync(stdin) }),
        stdio: ["pipe", "ignore", "pipe"],
        encoding: "utf8",
        timeout: 60_000,
      },
    );
    expect(signal).toBeNull();
    expect([0, 1, 2]).toContain(status);
    expect(stderr).not.toMatch(/internal error|^ +at /m);
    if (status !== 0) expect(stderr).toMatch(/^qtrace: /m);
    expect(Number(readFileSync(peak, "utf8"))).toBeLessThan(MEMORY);
    if (output !== undefined && existsSync(output)) expect(allocated(output)).toBeLessThan(DISK);
    return { status, stderr };
  }

  test("there is a test of each file that craft.py writes", () => {
    const written = readdirSync(crafted);
    expect(written.sort()).toEqual(FILES.map((name) => `${name}.bin`).sort());
  });

  test.each(FILES)(
    "%s: stream items, stream state, analyze",
    (name) => {
      const file = join(crafted, `${name}.bin`);
      for (const args of [
        ["stream", "items", file],
        ["stream", "state", file],
        ["analyze", "--stream", file],
      ]) {
        run(args);
      }
    },
    120_000,
  );

  test.each(FILES)(
    "%s: stream ram --output, inside its folder only",
    (name) => {
      const output = join(work, `ram-${++outputs}`);
      const before = readdirSync(work);
      run(["stream", "ram", join(crafted, `${name}.bin`), "--output", output], output);
      const added = readdirSync(work).filter(
        (entry) => !before.includes(entry) && entry !== "peak",
      );
      expect(added.filter((entry) => entry !== `ram-${outputs}`)).toEqual([]);
    },
    120_000,
  );

  test.each(FILES)(
    "%s: stream edit",
    (name) => {
      const output = join(work, `edited-${++outputs}.bin`);
      run(["stream", "edit", join(crafted, `${name}.bin`), "--output", output], output);
    },
    120_000,
  );

  test.each(FILES)(
    "%s: receive",
    (name) => {
      const output = join(work, `received-${++outputs}`);
      const args = ["receive", "--listen", "-", "--output", output];
      run(args, output, join(crafted, `${name}.bin`));
    },
    120_000,
  );

  test.each(["a43", "a50"])(
    "%s: receive refuses the memory that it states",
    (name) => {
      const output = join(work, `refused-${++outputs}`);
      const args = ["receive", "--listen", "-", "--output", output];
      const { status, stderr } = run(args, output, join(crafted, `${name}.bin`));
      expect([status, stderr]).toEqual([1, expect.stringMatching(/^qtrace: memory of \d+ bytes/m)]);
      expect(existsSync(join(output, "ram"))).toBe(false);
    },
    120_000,
  );
});

/** Bytes that a file, or all files in a folder, take on the disk. */
function allocated(path: string): number {
  const info = statSync(path);
  if (!info.isDirectory()) return info.blocks * 512;
  return readdirSync(path).reduce((sum, name) => sum + allocated(join(path, name)), 0);
}
