/** A round never ends before its start, whatever a trace lacks and whatever its clock did. */

import { expect, test } from "vitest";
import type { ItemAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { findRounds } from "../../src/analysis/rounds.js";
import type { EventRecord } from "../../src/traces/record.js";
import { seededRandom } from "../support/random.js";
import { eventTable, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** Records have private parts, so their getters need the record itself. */
function retimed(record: EventRecord, timestamp: bigint): EventRecord {
  return new Proxy(record, {
    get: (own, key) => (key === "timestamp" ? timestamp : Reflect.get(own, key, own)),
  });
}

describeWith(["shared"], "rounds of", async () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const file = (part: string) => sharedPath("recordings", "q35-precopy", part);
  const source = readRecords(file("source.simpletrace"), events);
  const items = await readItems(file("channel0.bin"));
  const whole = analyze({ items, source }).rounds;

  const expectOrdered = (records: readonly EventRecord[]) => {
    const { rounds } = analyze({ items, source: records });
    for (const { start, end, rate } of rounds) {
      expect(start === undefined).toBe(end === undefined);
      if (start !== undefined && end !== undefined) expect(end).toBeGreaterThanOrEqual(start);
      else expect(rate).toBeUndefined();
    }
    return rounds;
  };

  test("a trace that lost the starts of all syncs but the first keep their times", () => {
    let starts = 0;
    const lost = source.filter(
      ({ name }) => name !== "migration_bitmap_sync_start" || starts++ === 0,
    );
    expect(starts).toBeGreaterThan(2);
    const rounds = expectOrdered(lost);
    expect(rounds.map(({ start }) => start)).toEqual(whole.map(({ start }) => start));
    expect(rounds.every(({ end }) => end !== undefined)).toBe(true);
  });

  test("sections whose clock was set back have an unknown end, and so has the last round", () => {
    const account = analyze({ items, source }).items;
    const setBack = account.map((one): ItemAccount => {
      if (one.item.type !== "section-part" || one.source.status !== "paired") return one;
      return { ...one, source: { ...one.source, end: one.source.end - 10_000_000_000n } };
    });
    const last = findRounds(source, setBack).at(-1);
    expect(last).toMatchObject({ number: whole.length, start: undefined, end: undefined });
    expect(last?.rate).toBeUndefined();
  });

  test("a trace whose clock was set at any moment never end before they start", () => {
    const random = seededRandom(16);
    for (let run = 0; run < 40; run += 1) {
      const at = random(source.length);
      const by = BigInt(random(3_000_000_000)) - 1_500_000_000n;
      expectOrdered(
        source.map((record, index) =>
          index < at ? record : retimed(record, record.timestamp + by),
        ),
      );
    }
  });
});
