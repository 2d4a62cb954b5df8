import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventSets } from "../../src/analysis/event-sets.js";
import { parsePattern } from "../../src/runtime/pattern.js";
import { runCli } from "../support/cli.js";
import { describeWith } from "../support/programs.js";
import { withQemu } from "../support/qemu.js";

test("without a set, the sets are listed with what they show and cost", async () => {
  const { code, out } = await runCli(["events"]);
  expect(code).toBe(0);
  expect(out.match(/^\S+$/gm)).toEqual(eventSets.map(({ name }) => name));
  expect(out.match(/^ {2}(shows|costs) {2}\S/gm)).toHaveLength(2 * eventSets.length);
});

test("a set is printed as a pattern per line", async () => {
  const { code, out, err } = await runCli(["events", "migration", "--qemu", "10.0.2"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^([a-z_]+\*?\n)+$/);
  expect(out).toContain("savevm_section_*\n");
});

test.each([
  [["events", "migratoin"], "there is no set of events 'migratoin'; the sets are migration, "],
  [
    ["events", "migration", "--qemu", "6.1"],
    "the events of QEMU 7.2 to 11.1 are known; without --qemu",
  ],
  [
    ["events", "migration", "--qemu", "ten"],
    "the events of QEMU 7.2 to 11.1 are known; without --qemu",
  ],
])("%j is wrong usage, with a hint", async (args, hint) => {
  const { code, out, err } = await runCli(args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(hint);
});

describeWith(["qemu"], "a real QEMU", (tool) => {
  const version = execFileSync(tool.qemu, ["--version"], { encoding: "utf8" }).match(
    /version (\d+\.\d+)/,
  )![1]!;
  const machine = ["-machine", "none"];

  /** The events that a QEMU has on. */
  async function enabled(
    args: readonly string[],
    commands: readonly string[] = [],
  ): Promise<string[]> {
    return withQemu(tool.qemu, [...machine, ...args], async (qemu) => {
      for (const line of commands) {
        if (line.startsWith("{")) {
          const { execute, arguments: given } = JSON.parse(line) as {
            execute: string;
            arguments: object;
          };
          await qemu.execute(execute, given);
        } else await qemu.monitor(line);
      }
      const all = (await qemu.execute("trace-event-get-state", { name: "*" })) as {
        name: string;
        state: string;
      }[];
      return all
        .filter(({ state }) => state === "enabled")
        .map(({ name }) => name)
        .sort();
    });
  }

  test.each(eventSets.map(({ name }) => name))(
    "takes the set %s from a file, by QMP and by HMP",
    async (name) => {
      const print = async (format: string) =>
        (await runCli(["events", name, "--qemu", version, "--format", format])).out;
      const text = await print("file");
      const file = join(mkdtempSync(join(tmpdir(), "qtrace-events-")), "events");
      writeFileSync(file, text);
      const fromFile = await enabled(["-trace", `events=${file}`]);
      const patterns = text
        .trim()
        .split("\n")
        .map((line) => parsePattern(line));
      for (const pattern of patterns) {
        expect(
          fromFile.some((event) => pattern.matches(event)),
          pattern.glob,
        ).toBe(true);
      }
      for (const event of fromFile) {
        expect(
          patterns.some((pattern) => pattern.matches(event)),
          event,
        ).toBe(true);
      }
      for (const format of ["qmp", "hmp"]) {
        const lines = (await print(format)).trim().split("\n");
        expect(await enabled([], lines), format).toEqual(fromFile);
      }
      const quiet = spawnSync(
        tool.qemu,
        [...machine, "-display", "none", "-qmp", "stdio", "-trace", `events=${file}`],
        {
          input: '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n',
          encoding: "utf8",
          timeout: 20_000,
        },
      );
      expect(quiet.stderr).not.toContain("does not exist");
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );
});
