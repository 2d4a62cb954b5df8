import { describe, expect, test } from "vitest";
import { DensityCounter, recordsBetween } from "../../src/analysis/trace-density.js";

/** The density of records of threads at microseconds, of which some are kept. */
function densityOf(records: readonly (readonly [at: number, thread: number, kept?: boolean])[]) {
  const counter = new DensityCounter();
  for (const [at, thread, kept = true] of records) {
    counter.count(at, thread);
    if (kept) counter.keep(BigInt(Math.round(at * 1000)));
  }
  return counter.density();
}

/** Records that follow each other by the same time. */
function every(microseconds: number, count: number, from = 1000) {
  return Array.from({ length: count }, (_, index) => [from + index * microseconds, 1] as const);
}

describe("nanoseconds per record", () => {
  test("are the gap between records that follow at once", () => {
    const dense = every(8, 30);
    const others = every(500, 60, 10_000);
    expect(densityOf([...dense, ...others])!.perRecord! / 8000).toBeCloseTo(1, 1);
  });

  test("are measured within each thread", () => {
    const records = every(20, 100).flatMap(([at]) => [[at, 1] as const, [at + 1, 2] as const]);
    expect(densityOf(records)!.perRecord! / 20_000).toBeCloseTo(1, 1);
  });

  test("are more than nothing where the clock is coarser than a record", () => {
    const records = Array.from(
      { length: 1000 },
      (_, index) => [1 + Math.floor(index / 2), 1] as const,
    );
    const { perRecord } = densityOf(records)!;
    expect(perRecord).toBeGreaterThan(250);
    expect(perRecord).toBeLessThan(1000);
  });

  test("are unknown of a few records", () => {
    expect(densityOf(every(8, 5))!.perRecord).toBeUndefined();
  });
});

test("a trace without timestamps has no density", () => {
  expect(
    densityOf([
      [0, 1],
      [0, 1],
    ]),
  ).toBeUndefined();
});

test("records that are not kept count", () => {
  const records = every(1, 1000).map(([at], index) => [at, 1, index % 100 === 0] as const);
  const density = densityOf(records)!;
  expect(density.times).toHaveLength(10);
  expect(recordsBetween(density, 1_100_000n, 1_300_000n)).toBe(200);
  expect(recordsBetween(density, 1_000_000n, 2_000_000n)).toBe(900);
  expect(recordsBetween(density, 1_110_000n, 1_190_000n)).toBe(0);
  const later = (time: bigint) => time + 5_000_000n;
  expect(recordsBetween(density, 6_100_000n, 6_300_000n, later)).toBe(200);
});

test("times that step back are taken for the latest before them", () => {
  const density = densityOf([
    [10, 1],
    [30, 1],
    [20, 2],
    [40, 1],
  ])!;
  expect(density.times).toEqual([10_000n, 30_000n, 30_000n, 40_000n]);
});

test("records are counted even where none is kept for long", () => {
  const records = every(1, 10_000).map(([at]) => [at, 1, false] as const);
  const counted = recordsBetween(densityOf(records)!, 2_000_000n, 8_000_000n);
  expect(counted).toBeGreaterThan(6000 - 2 * 256);
  expect(counted).toBeLessThanOrEqual(6000);
});
