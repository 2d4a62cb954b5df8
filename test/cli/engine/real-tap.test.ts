/** A tap between two real QEMUs on this host, whose logs have wall-clock timestamps. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { type CliResult, runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { describeWith } from "../../support/programs.js";
import { Qemu } from "../../support/qemu.js";

const TIMEOUT = 60_000;
const EVENTS = [
  ...["savevm_*", "loadvm_*", "qemu_loadvm_state_*", "migrate_set_state", "vm_state_notify"],
  ...["vmstate_downtime_*", "source_return_path_*", "process_incoming_migration_*"],
];

interface Tapped {
  readonly output: string;
  readonly result: CliResult;
  /** What `query-migrate` says at the source. */
  readonly status: string;
}

describeWith(["qemu"], "tap", ({ qemu }) => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-real-tap-"));
  afterAll(() => rmSync(work, { recursive: true }));
  let folders = 0;

  /** Migrates from one QEMU to another, through a tap; without traces, the tap has the bytes alone. */
  async function migrate({
    sourceDevices = [] as readonly string[],
    returnPath = true,
    cancel = false,
    traces = true,
  }): Promise<Tapped> {
    folders += 1;
    const path = (name: string) => join(work, `${folders}-${name}`);
    const log = (side: string) => [
      ...["-machine", "q35", "-m", "32", "-msg", "timestamp=on", "-D", path(`${side}.log`)],
      ...EVENTS.flatMap((event) => ["-trace", event]),
    ];
    const incoming = ["-incoming", `unix:${path("in")}`];
    const given = [
      "--source-trace",
      path("source.log"),
      "--destination-trace",
      path("destination.log"),
    ];
    const output = path("recording");
    const destination = await Qemu.start(qemu, [...log("destination"), ...incoming]);
    const source = await Qemu.start(qemu, [...log("source"), ...sourceDevices]);
    try {
      await source.execute("cont");
      await delay(200);
      const tap = startCli([
        ...["tap", "--listen", "127.0.0.1:0", "--to", `unix:${path("in")}`, "--output", output],
        ...(traces ? given : []),
      ]);
      const port = Number.parseInt(await tap.said("listening at 127.0.0.1:"), 10);
      const capabilities = [{ capability: "return-path", state: returnPath }];
      await source.execute("migrate-set-capabilities", { capabilities });
      if (cancel) await source.execute("migrate-set-parameters", { "max-bandwidth": 20_000 });
      await source.execute("migrate", { uri: `tcp:127.0.0.1:${port}` });
      if (cancel) {
        await source.until("active");
        await source.execute("migrate_cancel");
      }
      const result = await tap.result;
      if (cancel) await source.until("cancelled");
      const { status } = (await source.execute("query-migrate")) as { status: string };
      return { output, result, status };
    } finally {
      await source.quit();
      await destination.quit();
    }
  }

  describe(
    "times and logs",
    async () => {
      const { output, result } = await migrate({});
      const about = JSON.parse(readFileSync(join(output, "recording.json"), "utf8"));

      /** Analyzes the recording with another `recording.json`. */
      async function analyzeWith(changed: object): Promise<CliResult> {
        const copy = `${output}-${++folders}`;
        cpSync(output, copy, { recursive: true });
        writeFileSync(join(copy, "recording.json"), JSON.stringify(changed));
        return runCli(["analyze", copy]);
      }

      const shifted = (by: bigint) => {
        const moved = ({ monotonic, realtime }: Record<string, string>) => {
          return { monotonic, realtime: String(BigInt(realtime!) + by) };
        };
        const { start, end } = about.clocks;
        return { ...about, clocks: { start: moved(start), end: moved(end) } };
      };

      test("the times are used, without a word", () => {
        expect(result.code).toBe(0);
        expect(result.err).not.toContain("not used");
        expect(about.sourceOnThisHost).toBe(true);
      });

      test("on the wall clock, the first byte passes between the source's header and its first pong", () => {
        const log = readFileSync(join(output, "source.log"), "utf8");
        const at = (event: string) => {
          const line = log.split("\n").find((text) => text.includes(`:${event}`))!;
          const [, seconds, micros] = /^\d+@(\d+)\.(\d{6}):/.exec(line)!;
          return BigInt(seconds!) * 1_000_000_000n + BigInt(micros!) * 1000n;
        };
        const [line] = readFileSync(join(output, "channel0.times"), "utf8").split("\n");
        const { monotonic, realtime } = about.clocks.start;
        const passed = BigInt(line!.split(" ")[1]!) - BigInt(monotonic) + BigInt(realtime);
        expect(passed).toBeGreaterThan(at("savevm_state_header"));
        expect(passed).toBeLessThan(at("source_return_path_thread_pong"));
      });

      test.each([
        [
          "without readings",
          () => ({}),
          /channel0\.times is not used: they are of CLOCK_MONOTONIC, the/,
        ],
        [
          "a wall clock that was set in between",
          () => {
            const { start } = about.clocks;
            return { ...about, clocks: { start, end: shifted(5_000_000n).clocks.end } };
          },
          /is not used: the wall clock was set by [45]\.\d{3} ms during the recording/,
        ],
        ["a tap whose clock is 5 s ahead", () => shifted(5_000_000_000n), /contradict the traces/],
        ["one that is 5 s behind", () => shifted(-5_000_000_000n), /contradict the traces/],
      ])("%s", async (_, changed, line) => {
        const { code, err } = await analyzeWith(changed());
        expect(code).toBe(0);
        expect(err.split("\n").filter((text) => line.test(text))).toHaveLength(1);
      });
    },
    TIMEOUT,
  );

  describe("a destination that lacks a device", () => {
    const sourceDevices = ["-device", "virtio-rng-pci"];

    test.each([
      [true, "the migration failed: the destination did not load the guest, as its SHUT 1 says"],
      [false, "the migration failed: the destination closed the connection before it had read all"],
    ])(
      "return path %s",
      async (returnPath, line) => {
        const { result } = await migrate({ sourceDevices, returnPath, traces: false });
        expect(result.code).toBe(1);
        expect(result.err.split("\n").filter((text) => text.includes(line))).toHaveLength(1);
      },
      TIMEOUT,
    );
  });

  test(
    "a source that is cancelled",
    async () => {
      const { result, status } = await migrate({ cancel: true });
      expect([status, result.code]).toEqual(["cancelled", 1]);
      // QEMU resets the connection where it leaves messages of the return path unread.
      expect(result.err).toMatch(
        /channel 0 (was closed after \d+ bytes from the source, in the middle|broke after \d+ bytes from the source: the source closed the connection)/,
      );
    },
    TIMEOUT,
  );

  test.each([true, false])(
    "a migration that completes, return path %s",
    async (returnPath) => {
      const { result, status } = await migrate({ returnPath, traces: false });
      expect([status, result.code]).toEqual(["completed", 0]);
      expect(result.err).not.toContain("failed");
    },
    TIMEOUT,
  );
});
