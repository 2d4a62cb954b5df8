import { expect, test } from "vitest";
import { StatisticsCounter } from "../../src/traces/event-statistics.js";
import type { RecordCursor } from "../../src/traces/record-cursor.js";

type Row = readonly [type: string, name: string, key: number, timestamp: bigint, size: number];

function statistics(...rows: readonly Row[]) {
  const counter = new StatisticsCounter();
  for (const [type, name, key, timestamp, size] of rows)
    counter.count({ type, name, key, timestamp, size } as RecordCursor);
  return counter.statistics();
}

test("an event's records are counted with their times, bytes and rate", () => {
  expect(
    statistics(
      ["event", "a", 0, 1_000_000_000n, 24],
      ["event", "a", 0, 2_000_000_000n, 30],
      ["event", "a", 0, 3_000_000_000n, 24],
    ),
  ).toEqual([
    { name: "a", count: 3, first: 1_000_000_000n, last: 3_000_000_000n, rate: 1, bytes: 78 },
  ]);
});

test("the most frequent event is first, then the first by name", () => {
  const rows: Row[] = ["c", "b", "a", "d", "d"].map((name) => ["event", name, -1, 0n, 1]);
  expect(statistics(...rows).map(({ name }) => name)).toEqual(["d", "a", "b", "c"]);
});

test.each([
  ["one record", [5n], undefined],
  ["two at the same time", [5n, 5n], undefined],
  ["times that step back", [5n, 4n], undefined],
  ["no times", [0n, 0n], undefined],
  ["two in a nanosecond", [5n, 6n], 1e9],
])("the rate of %s", (_, times, rate) => {
  const rows = times.map((time): Row => ["event", "a", 0, time, 1]);
  expect(statistics(...rows)[0]!.rate).toBe(rate);
});

test("records without a time count, but tell no first and no last", () => {
  const rows: Row[] = [0n, 7n, 8n, 0n].map((time) => ["event", "a", 0, time, 1]);
  expect(statistics(...rows)).toMatchObject([{ count: 4, first: 7n, last: 8n, rate: 3e9 }]);
  expect(statistics(rows[0]!)).toEqual([
    { name: "a", count: 1, first: undefined, last: undefined, rate: undefined, bytes: 1 },
  ]);
});

test("raw records are counted by name, what is not a record is not", () => {
  expect(
    statistics(
      ["raw", "a", -1, 0n, 1],
      ["raw", "b", -1, 0n, 2],
      ["event", "a", 3, 0n, 4],
      ["raw", "a", 3, 0n, 8],
      ["text", "", -1, 0n, 16],
      ["garbage", "", -1, 0n, 32],
      ["dropped", "", -1, 0n, 64],
    ).map(({ name, count, bytes }) => [name, count, bytes]),
  ).toEqual([
    ["a", 3, 13],
    ["b", 1, 2],
  ]);
});
