import { expect, test } from "vitest";
import type { AnalysisInput } from "../../src/analysis/analyze.js";
import { analyze } from "../../src/analysis/analyze.js";
import { checkLimits } from "../../src/analysis/check-limits.js";
import type { EventRecord } from "../../src/traces/record.js";
import { timeIn } from "../support/log-times.js";
import { eventTable, readBytes, readItems, readTrace } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** Inputs that people have, with figures taken from the files themselves. */
describeWith(["shared"], "inputs that gave wrong answers", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.0.2", "trace-events-all"));
  const path = (name: string) => sharedPath("cases", "analysis", name);
  const text = (name: string) => Buffer.from(readBytes(path(name))).toString();
  const read = (name: string) => readTrace(path(name), events);
  const sides = (source: string, destination?: string): AnalysisInput => {
    const sent = read(source);
    const loaded = destination === undefined ? undefined : read(destination);
    return {
      ...{ source: sent.records, sourceMessages: sent.messages },
      ...(loaded && { destination: loaded.records, destinationMessages: loaded.messages }),
    };
  };
  const moved = (records: readonly EventRecord[], by: bigint): EventRecord[] =>
    records.map((record) => Object.create(record, { timestamp: { value: record.timestamp + by } }));

  const files = ["no-return-path.source.log.gz", "no-return-path.destination.log.gz"] as const;
  const noReturnPath = sides(...files);
  const stop = timeIn(text(files[0]), /vm_state_notify running 0/);
  const run = timeIn(text(files[1]), /vm_state_notify running 1/);

  test("without a return path, the downtime is that of the one machine that both traces are of", () => {
    const { downtime } = analyze({ ...noReturnPath, clockOffset: 0n });
    expect(downtime.guest).toBe(run - stop);
    expect(Number(run - stop) / 1e6).toBeCloseTo(101.5, 1);
  });

  test.each([-5_000_000_000n, 0n, 200_000_000n, 5_000_000_000n])(
    "without a return path, no downtime is stated for a destination's clock that is off by %s ns",
    (by) => {
      const account = analyze({
        ...noReturnPath,
        destination: moved(noReturnPath.destination!, by),
      });
      expect(account.clocks?.verdict).toBe("unknown");
      const { guest, guestBounds, path, destination } = account.downtime;
      expect(guest).toBeUndefined();
      expect(path).toEqual([]);
      expect(guestBounds.upper).toBeUndefined();
      expect(guestBounds.lower! <= run - stop).toBe(true);
      // The destination's own interval does not depend on the source's clock.
      const first = timeIn(text(files[1]), /loadvm_process_command com=SWITCHOVER_START/);
      expect(Number(destination!) / 1e6).toBeCloseTo(Number(run - first) / 1e6, 0);
      expect(account.warnings.join()).toMatch(/return-path.*--same-clock.*--clock-offset/);
      expect(checkLimits(account, { downtime: 60_000 })).toMatchObject([{ passed: false }]);
    },
  );

  test("without a return path, an offset that is given is used, and one that cannot be is a problem", () => {
    const by = 200_000_000n;
    const late = { ...noReturnPath, destination: moved(noReturnPath.destination!, by) };
    expect(analyze({ ...late, clockOffset: by }).downtime.guest).toBe(run - stop);
    const early = analyze({ ...late, clockOffset: by + 1_000_000_000n });
    expect(early.problems.join()).toContain("offset of the clocks that was given is wrong");
    expect(early.downtime.guest).toBeUndefined();
  });

  test.each([
    ["untimed.log", undefined],
    ["untimed-real.source.log", "untimed-real.destination.log"],
  ] as const)("%s has no timestamps: no time is stated and no limit passes", (source, other) => {
    const account = analyze(sides(source, other));
    const { begin, end, downtime, clocks } = account;
    expect([begin, end, clocks, downtime.guest, downtime.reported]).toEqual(
      Array(5).fill(undefined),
    );
    expect(downtime.guestBounds).toEqual({ lower: undefined, upper: undefined });
    expect(account.source!.paired).toBe(account.source!.expected);
    expect(account.items.some(({ source: pairing }) => pairing.status === "paired")).toBe(false);
    expect(account.warnings[0]).toContain("-msg timestamp=on");
    expect(checkLimits(account, { downtime: 60_000 })).toMatchObject([{ passed: false }]);
  });

  test("of untimed traces the round and the order are known all the same", () => {
    const { rounds, phases } = analyze(
      sides("untimed-real.source.log", "untimed-real.destination.log"),
    );
    expect(rounds).toMatchObject([{ number: 1, start: undefined, end: undefined }]);
    expect(phases).toEqual([]);
  });

  test("two attempts without states are split: the second took 511 ms", () => {
    const account = analyze(sides("two-attempts.log"));
    expect(account.attempt).toEqual({ number: 2, of: 2 });
    expect(Number(account.downtime.reported) / 1e6).toBeCloseTo(511.23, 2);
    expect(checkLimits(account, { downtime: 100 })).toMatchObject([{ passed: false }]);
    const first = analyze({ ...sides("two-attempts.log"), attempt: 1 });
    expect(Number(first.downtime.reported) / 1e6).toBeCloseTo(10.986, 2);
    expect(() => analyze({ ...sides("two-attempts.log"), attempt: 3 })).toThrow(RangeError);
  });

  test("of fourteen attempts in one log, the third is the one that the stream is of", async () => {
    const items = await readItems(path("fourteen-attempts.third.stream.gz"));
    const input = sides("fourteen-attempts.source.log.gz");
    const account = analyze({ ...input, items });
    expect(account.attempt).toEqual({ number: 3, of: 14 });
    expect(Number(account.downtime.reported) / 1e6).toBeCloseTo(12.314, 3);
    const log = text("fourteen-attempts.source.log.gz");
    const start = timeIn(log, /downtime-start/);
    expect(account.downtime.guest).toBe(timeIn(log, /vm_state_notify running 1/, start) - start);
    expect(account.attempts).toHaveLength(14);
    expect(analyze(input).attempt).toEqual({ number: 14, of: 14 });
    expect(analyze({ ...input, items, attempt: "last" }).attempt?.number).toBe(14);
  });

  test("logs of two migrations are said to be: nothing is stated across them", () => {
    const account = analyze(
      sides("other-migration.source.log.gz", "other-migration.destination.log"),
    );
    expect(account.problems[0]).toMatch(/source's trace and the destination's are not of one/);
    expect(account.downtime.guest).toBeUndefined();
    expect(account.downtime.path).toEqual([]);
  });

  test("a migration that failed at the destination failed, whatever the source reports", () => {
    const account = analyze(
      sides("failed-at-destination.source.log", "failed-at-destination.destination.log"),
    );
    expect(account.outcome.state).toBe("failed");
    expect(account.problems).toEqual([expect.stringContaining("the destination failed")]);
    const { failure } = account.outcome;
    expect(failure).toMatchObject({ side: "destination", device: "0000:00:10.1/pvrdma" });
    expect(failure!.errors[0]).toBe(
      "error while loading state for instance 0x0 of device '0000:00:10.1/pvrdma'",
    );
    expect(account.items[failure!.item!]!.label).toBe("0000:00:10.1/pvrdma FULL");
    expect(failure!.hint).toContain("machine type");
  });

  test("1,024 queues inside one device are part of its time", () => {
    const names = ["nested-vmstate.source.log.gz", "nested-vmstate.destination.log.gz"] as const;
    const account = analyze({ ...sides(...names), clockOffset: 0n });
    const [source, destination] = names.map(text) as [string, string];
    const guest =
      timeIn(destination, /vm_state_notify running 1/) -
      timeIn(source, /vm_state_notify running 0/);
    expect(account.downtime.guest).toBe(guest);
    expect(account.problems).toEqual([]);
    for (const side of ["source", "destination"] as const) {
      expect(account[side]).toMatchObject({ paired: account[side]!.expected, strays: [] });
    }
  });
});
