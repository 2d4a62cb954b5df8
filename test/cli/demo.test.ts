import { execFileSync } from "node:child_process";
import {
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { demoSourceMachine } from "../../src/migration/engine/demo-machine.js";
import { MigrationSource } from "../../src/migration/engine/migration-source.js";
import { runCli } from "../support/cli.js";
import { repoRoot } from "../support/repo-root.js";
import { testWith } from "../support/tools.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-demo-"));
afterAll(() => rmSync(work, { recursive: true }));

describe("demo", async () => {
  const folder = join(work, "demo");
  const { code, out, err } = await runCli(["demo", "--output", folder]);

  test("migrates, and names the folder that it left the recording in", () => {
    expect(code).toBe(0);
    expect(err).toContain(folder);
    expect(out).toContain(`Stream and traces are in ${folder}`);
  });

  test("prints the account: rounds, downtime, SWITCHOVER_START, every item on both sides", () => {
    expect(out).toMatch(/^rounds +[2-9] passes through memory/m);
    expect(out).toMatch(/^downtime +[0-9.]+ m?s, from the guest's stop/m);
    expect(out).toMatch(
      /^switchover +SWITCHOVER_START at byte 0x[0-9a-f]+, sent at [0-9.]+ ms, read/m,
    );
    const shares = [...out.matchAll(/(\d+) of the (\d+) items that QEMU traces there$/gm)];
    expect(shares).toHaveLength(2);
    for (const [, paired, expected] of shares) expect(paired).toBe(expected);
  });

  test("the recording gives the same account again", async () => {
    const events = ["--events", join(repoRoot, "trace-events")];
    const again = await runCli(["analyze", folder, ...events]);
    expect(again.code).toBe(0);
    expect(out.startsWith(again.out)).toBe(true);
  });

  test("the kept stream is as long as the source says that it sent", () => {
    const { bytes } = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
    expect(readFileSync(join(folder, "channel0.bin"))).toHaveLength(bytes);
  });

  test("the log and the simpletrace file of a side tell the same", async () => {
    for (const side of ["source", "destination"]) {
      const events = ["--events", join(repoRoot, "trace-events")];
      const trace = await runCli(["decode", join(folder, `${side}.simpletrace`), ...events]);
      const log = readFileSync(join(folder, `${side}.log`), "utf8");
      expect(trace.out).toBe(log.replace(/^\S+Z /gm, ""));
    }
  });

  testWith(
    ["python", "qemuScripts"],
    "QEMU's simpletrace.py reads the traces as we do",
    async (tool) => {
      const own = ["trace-events", "migration/trace-events"];
      const events = join(work, "trace-events-all");
      const texts = own.map((name) => readFileSync(join(repoRoot, "trace-events", name), "utf8"));
      writeFileSync(events, texts.join(""));
      for (const side of ["source", "destination"]) {
        const trace = join(folder, `${side}.simpletrace`);
        const script = join(tool.qemuScripts, "simpletrace.py");
        const theirs = execFileSync(tool.python, [script, events, trace], { maxBuffer: 1 << 28 });
        const options = ["--events", events, "--format", "simpletrace"];
        const ours = await runCli(["decode", trace, ...options]);
        expect(ours.out === theirs.toString()).toBe(true);
      }
    },
  );
});

describe("demo of a folder that is not empty", () => {
  test.each(["recording.json", "stream.bin", "source.log", "result.json"])(
    "leaves %s, which it did not make",
    async (name) => {
      const folder = mkdtempSync(join(work, "other-"));
      writeFileSync(join(folder, name), "mine");
      const { code, out, err } = await runCli(["demo", "--output", folder]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^qtrace: .* already; --force writes over it\n$/);
      expect(readdirSync(folder)).toEqual([name]);
      expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
    },
  );

  test("--force removes the older recording, and no other file", async () => {
    const folder = mkdtempSync(join(work, "forced-"));
    for (const name of ["channel7.bin", "stream.bin", "notes"]) {
      writeFileSync(join(folder, name), "mine");
    }
    const { code, out } = await runCli(["demo", "--force", "--output", folder]);
    expect([code, out]).toEqual([0, expect.stringContaining("downtime")]);
    const names = readdirSync(folder);
    expect(names).toEqual(expect.arrayContaining(["notes", "channel0.bin"]));
    for (const name of ["channel7.bin", "stream.bin"]) expect(names).not.toContain(name);
  });
});

test("a machine type of 9.2 is sent no SWITCHOVER_START", async () => {
  const { code, out } = await runCli([
    "demo",
    ...["--output", join(work, "old"), "--machine", "pc-q35-9.2"],
  ]);
  expect(code).toBe(0);
  expect(out).toContain("no SWITCHOVER_START in the stream");
});

testWith(
  ["python", "qemuScripts"],
  "QEMU's analyze-migration.py reads what the engine writes to a file",
  async (tool) => {
    const file = join(work, "stream.bin");
    const machine = demoSourceMachine({ memory: 4 << 20 });
    await new MigrationSource({ machine }).migrate(createWriteStream(file));
    const script = join(tool.qemuScripts, "analyze-migration.py");
    const state = JSON.parse(
      execFileSync(tool.python, [script, "-f", file, "-d", "state"]).toString(),
    );
    expect(Object.keys(state)).toEqual(
      expect.arrayContaining(["timer (0)", "cpu_common (1)", "globalstate (5)"].map(anyId)),
    );
  },
);

/** The section ids are the engine's business: `timer (0)` matches `timer (7)`. */
function anyId(name: string) {
  return expect.stringMatching(new RegExp(`^${name.replace(/ .*/, "")} \\(\\d+\\)$`));
}
