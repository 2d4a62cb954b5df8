import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { checkLimits } from "../../src/analysis/check-limits.js";
import type { EventRecord } from "../../src/traces/record.js";
import { timeIn } from "../support/log-times.js";
import { fixture, ownEvents, readTrace } from "../support/recordings.js";

/** Timestamps as other loggers and clocks make them, of a real migration on one machine. */
describe("timestamps that are not QEMU's own", () => {
  const file = (side: string) => fixture("small-set-precopy", `${side}.log`);
  const [source, destination] = ["source", "destination"].map(
    (side) => readTrace(file(side), ownEvents).records,
  ) as [EventRecord[], EventRecord[]];
  const log = (side: string) => readFileSync(file(side), "utf8");
  const stop = timeIn(log("source"), /vm_state_notify running 0/);
  const downtime = timeIn(log("destination"), /vm_state_notify running 1/) - stop;
  const reported =
    timeIn(log("source"), /src-downtime-end/) - timeIn(log("source"), /src-downtime-start/);

  const retimed = (records: readonly EventRecord[], time: (time: bigint) => bigint) =>
    records.map(
      (record): EventRecord =>
        Object.create(record, { timestamp: { value: time(record.timestamp) } }),
    );
  const wholeOf = (unit: bigint) => (time: bigint) => time - (time % unit);
  const both = (time: (time: bigint) => bigint) => ({
    ...{ source: retimed(source, time), destination: retimed(destination, time) },
    clockOffset: 0n,
  });
  const limit = (milliseconds: number) => ({ downtime: milliseconds });

  test("as QEMU wrote them, they give the downtime of the log's own lines", () => {
    const account = analyze(both((time) => time));
    expect(account).toMatchObject({ resolution: 0n, warnings: [], problems: [] });
    expect(account.downtime).toMatchObject({ guest: downtime, reported });
  });

  test("in whole seconds give no time, and no limit passes", () => {
    const account = analyze(both(wholeOf(1_000_000_000n)));
    const { guest, reported: none } = account.downtime;
    expect([guest, none, account.begin, account.end]).toEqual(Array(4).fill(undefined));
    expect(account.warnings[0]).toContain("are whole seconds, so its times are unknown");
    expect(checkLimits(account, limit(60_000))).toMatchObject([{ passed: false }]);
  });

  test("in whole milliseconds give bounds that the true downtime lies in, and limits count them", () => {
    const account = analyze(both(wholeOf(1_000_000n)));
    const { lower, upper } = account.downtime.guestBounds;
    expect(account.resolution).toBe(1_000_000n);
    expect(lower! <= downtime && downtime <= upper!).toBe(true);
    expect(account.warnings[0]).toContain("known to 1 ms");
    const alone = analyze({ source: retimed(source, wholeOf(1_000_000n)) });
    const coarse = Number(alone.downtime.reported) / 1e6;
    expect(Math.abs(coarse - Number(reported) / 1e6)).toBeLessThan(1);
    expect(checkLimits(alone, limit(coarse))).toMatchObject([{ passed: false }]);
    expect(checkLimits(alone, limit(coarse + 1))).toMatchObject([{ passed: true }]);
  });

  test("with the newest line first are a problem, and no time is stated", () => {
    const account = analyze({
      ...{ source: source.toReversed(), destination: destination.toReversed() },
    });
    expect(account.problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining("the source's trace has its newest lines first"),
        expect.stringContaining("the destination's trace has its newest lines first"),
      ]),
    );
    const { guest, reported: none } = account.downtime;
    expect([guest, none, account.begin, account.end]).toEqual(Array(4).fill(undefined));
  });

  test("of a clock that was set back during the downtime are a problem, and no limit passes", () => {
    const middle = stop + 1_000_000n;
    const set = (time: bigint) => (time < middle ? time : time - 2_000_000_000n);
    const account = analyze({ source: retimed(source, set) });
    expect(account.problems).toContainEqual(expect.stringContaining("its clock was set"));
    expect(account.downtime.reported).toBeUndefined();
    expect(checkLimits(account, limit(60_000))).toMatchObject([{ passed: false }]);
  });

  test("of a destination that is late by the offset that was given give the time until then", () => {
    const late = 5_000_000_000n;
    const account = analyze({
      ...{ source, destination: retimed(destination, (time) => time + late) },
      clockOffset: 0n,
    });
    // It cannot have answered the source before it had read: the offset is contradicted.
    expect(account.problems).toContainEqual(expect.stringContaining("clocks contradict"));
    const silent = ({ name }: EventRecord) =>
      !/^source_return_path|^process_incoming_migration_co_end/.test(name);
    const unanswered = analyze({
      source: source.filter(silent),
      destination: retimed(destination.filter(silent), (time) => time + late),
      clockOffset: 0n,
    });
    expect(unanswered.downtime).toMatchObject({ guest: downtime + late, separateLoad: false });
    expect(checkLimits(unanswered, limit(1000))).toMatchObject([{ passed: false }]);
  });

  test("a total time needs the migration's start and its end", () => {
    const states = (name: string) => (record: EventRecord) =>
      record.name === "migrate_set_state" && record.values[0] === name;
    const cut = analyze({ source: source.slice(source.findIndex(states("active"))) });
    expect([cut.begin, cut.end === undefined]).toEqual([undefined, false]);
    const unfinished = analyze({ source: source.slice(0, source.findIndex(states("completed"))) });
    expect([unfinished.begin === undefined, unfinished.end]).toEqual([false, undefined]);
  });
});
