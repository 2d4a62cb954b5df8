import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { toSourceClock } from "../../src/analysis/relate-clocks.js";
import type { EventRecord } from "../../src/traces/record.js";
import { eventTable, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

function moved(record: EventRecord, clock: (time: bigint) => bigint): EventRecord {
  const { type, name, event, pid, offset, payload, values, timestamp } = record;
  return { type, name, event, pid, offset, payload, values, timestamp: clock(timestamp) };
}

describeWith(["shared"], "both traces of one run", async () => {
  const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const items = await readItems(dir("channel0.bin"));
  const source = readRecords(dir("source.simpletrace"), events);
  const destination = readRecords(dir("destination.simpletrace"), events);
  const under = (clock: (time: bigint) => bigint) =>
    analyze({ items, source, destination: destination.map((record) => moved(record, clock)) });
  const truth = under((time) => time);
  const begin = source[0]!.timestamp;

  test("of one machine fit one clock", () => {
    expect(truth.clocks).toMatchObject({ verdict: "one", offset: 0n, drift: 0 });
  });

  test("one of them 169.4 s behind and 20 ppm fast gives the same account, within the interval", () => {
    const stretch = (time: bigint) => time - 169_400_000_000n + ((time - begin) * 20n) / 1_000_000n;
    const { clocks, downtime } = under(stretch);
    expect(clocks?.verdict).toBe("two");
    const room = clocks!.upper! - clocks!.lower!;
    expect(room > 0n && room < 1_000_000n).toBe(true);
    const moment = truth.downtime.running!;
    const error = toSourceClock(clocks, stretch(moment)) - moment;
    expect(error > -room && error < room).toBe(true);
    const difference = downtime.guest! - truth.downtime.guest!;
    expect(difference > -room && difference < room).toBe(true);
  });

  test("a clock that drifts by 150 ppm over hours has its true offset within the bounds", () => {
    const slow = (time: bigint) => time * 10_000n;
    const far = (records: readonly EventRecord[], clock: (time: bigint) => bigint) =>
      records.map((record) => moved(record, (time) => clock(slow(time - begin))));
    const account = analyze({
      items,
      source: far(source, (time) => time),
      destination: far(
        destination,
        (time) => time + (time * 150n) / 1_000_000n - 5_000_000_000_000n,
      ),
    });
    expect(account.clocks?.verdict).toBe("two");
    const { lower, upper, reference } = account.clocks!;
    const offset = (reference * 150n) / 1_000_000n - 5_000_000_000_000n;
    expect(lower! <= offset && offset <= upper!).toBe(true);
  });

  test("a clock that was set back in the middle of the run breaks causality, and is told where", () => {
    const middle = truth.rounds[1]!.start!;
    const { clocks } = under((time) => (time < middle ? time : time - 3_000_000_000n));
    expect(clocks?.verdict).toBe("broken");
    expect(clocks!.contradiction! > middle - 500_000_000n).toBe(true);
  });
});

describe("toSourceClock", () => {
  const relation = {
    verdict: "two",
    lower: undefined,
    upper: undefined,
    reference: 1_000n,
    contradiction: undefined,
  } as const;

  test("takes the offset off", () => {
    expect(toSourceClock({ ...relation, offset: 500n, drift: 0 }, 1_700n)).toBe(1_200n);
  });

  test("takes the drift off, from the reference on", () => {
    const fast = { ...relation, offset: 0n, drift: 100 };
    expect(toSourceClock(fast, 1_000n + 1_000_100n)).toBe(1_000n + 1_000_000n);
  });

  test("without a relation both clocks are the same", () => {
    expect(toSourceClock(undefined, 5n)).toBe(5n);
  });
});
