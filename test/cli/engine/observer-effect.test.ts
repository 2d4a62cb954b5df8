import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { describeWith } from "../../support/programs.js";
import type { Qemu } from "../../support/qemu.js";
import { realGuests } from "./real-guests.js";

/** Migrations of each kind, in alternation. */
const TIMES = 3;
const DEVICES = ["-device", "virtio-rng-pci", "-device", "qemu-xhci"];

/** What was measured of a migration; all times are milliseconds. */
interface Measured {
  /** As `query-migrate` has it. */
  readonly downtime: number;
  /** What both QEMUs worked in the migration: unlike the downtime, no other program adds to it. */
  readonly cpu: number;
  /** Records that were written during the downtime, and in all, counted in both logs. */
  readonly stopped: number;
  readonly records: number;
  /** What writing all records took, and those during the downtime, by the estimate. */
  readonly estimate: number;
  readonly downtimeEstimate: number;
}

describeWith(["qemu"], "tracing a migration, measured in alternating runs", (tool) => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-observer-"));
  afterAll(() => rmSync(work, { recursive: true }));
  const { halting, path, withGuest, boot, enable } = realGuests(tool.qemu, work);

  async function migrate(set: string | undefined): Promise<Measured> {
    const [socket, events] = [path("socket"), path("events")];
    if (set) writeFileSync(events, (await runCli(["events", set])).out);
    const traced = (log: string) =>
      set ? ["-msg", "timestamp=on", "-D", log, "-trace", `events=${events}`] : [];
    const logs = [path("source"), path("destination")] as const;
    const incoming = [...DEVICES, ...traced(logs[1]), "-incoming", `unix:${socket}`];
    return withGuest(
      halting,
      incoming,
      async (destination) => {
        await enable(destination, "return-path");
        return withGuest(halting, [...DEVICES, ...traced(logs[0])], async (source) => {
          await boot(source);
          await enable(source, "return-path");
          const before = cpuTime(source) + cpuTime(destination);
          await source.migrate(`unix:${socket}`);
          await running(destination);
          const cpu = cpuTime(source) + cpuTime(destination) - before;
          const { downtime } = (await source.execute("query-migrate")) as { downtime: number };
          return { downtime, cpu, ...(set ? await traceFacts(logs) : untraced) };
        });
      },
      { stopped: false },
    );
  }

  test("the small set costs nothing that shows, and the estimate for the full one is right", async () => {
    const [none, small, full]: [Measured[], Measured[], Measured[]] = [[], [], []];
    for (let time = 0; time < TIMES; time += 1) {
      none.push(await migrate(undefined));
      small.push(await migrate("migration"));
      full.push(await migrate("migration-full"));
    }
    const figures = JSON.stringify({ none, small, full });
    const most = (runs: readonly Measured[]) => Math.max(...runs.map(({ stopped }) => stopped));
    const least = (runs: readonly Measured[], what: keyof Measured) =>
      Math.min(...runs.map((run) => run[what]));
    expect(most(small), figures).toBeLessThan(500);
    expect(least(full, "stopped"), figures).toBeGreaterThan(20_000);
    // The least of each kind, since other programs only ever add to a time.
    const added = (runs: readonly Measured[], what: keyof Measured) =>
      least(runs, what) - least(none, what);
    expect(added(small, "downtime"), figures).toBeLessThan(added(full, "downtime") / 4);
    expect(added(small, "cpu"), figures).toBeLessThan(added(full, "cpu") / 4);
    const ratio = least(full, "estimate") / added(full, "cpu");
    expect(ratio, figures).toBeGreaterThan(0.5);
    expect(ratio, figures).toBeLessThan(2);
  }, 120_000);
});

const untraced = { stopped: 0, records: 0, estimate: 0, downtimeEstimate: 0 };

/** Milliseconds that a QEMU has worked, its threads that have ended included. */
function cpuTime({ pid }: Qemu): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function running(qemu: Qemu): Promise<void> {
  for (;;) {
    const { status } = (await qemu.execute("query-status")) as { status: string };
    if (status === "running") return;
    await delay(5);
  }
}

async function traceFacts(
  logs: readonly [string, string],
): Promise<Omit<Measured, "downtime" | "cpu">> {
  const [source, destination] = logs.map((log) => timesOf(readFileSync(log, "utf8")));
  const args = ["--source", logs[0], "--destination", logs[1], "--format", "json"];
  const { tracing } = JSON.parse((await runCli(["analyze", ...args])).out) as {
    tracing: {
      perRecord: { source: number; destination: number };
      downtime: { records: number; nanoseconds: string };
    };
  };
  const { perRecord, downtime } = tracing;
  const [start, end] = [source!.stopped, destination!.running];
  const within = [...source!.times, ...destination!.times].filter((at) => at > start && at <= end);
  const nanoseconds =
    source!.times.length * perRecord.source + destination!.times.length * perRecord.destination;
  // Records that the analysis does not read are counted in steps of 256.
  expect(Math.abs(downtime.records - within.length)).toBeLessThan(4 * 256);
  if (within.length < 1000) expect(downtime.records).toBeGreaterThan(within.length * 0.9);
  return {
    stopped: within.length,
    records: source!.times.length + destination!.times.length,
    estimate: nanoseconds / 1e6,
    downtimeEstimate: Number(downtime.nanoseconds) / 1e6,
  };
}

/** Seconds of a log's records, of the guest's stop and of its last start. */
function timesOf(log: string): { times: number[]; stopped: number; running: number } {
  const times: number[] = [];
  let [stopped, running] = [Number.NaN, Number.NaN];
  for (const [, seconds, event, state] of log.matchAll(
    /^(?:\d+@|(?=\d{4}-))(\S+?)(?::| )(\w+)(?: running (\d))?/gm,
  )) {
    const at = seconds!.includes("-") ? isoSeconds(seconds!) : Number(seconds);
    times.push(at);
    if (event === "vm_state_notify" && state === "0") stopped = at;
    if (event === "vm_state_notify" && state === "1") running = at;
  }
  return { times, stopped, running };
}

/** `Date` knows no microseconds. */
function isoSeconds(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`) / 1000 + Number(`0${text.slice(19, -1)}`);
}
