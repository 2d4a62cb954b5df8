import { describe, expect, test } from "vitest";
import type { PageRequest } from "../../src/analysis/page-requests.js";
import type { ClockRelation } from "../../src/analysis/relate-clocks.js";
import { latencies, latencyBuckets, stageMedians } from "../../src/report/latency.js";
import { stageWords } from "../../src/report/stage-words.js";

/** A request that takes so long to the source, 5 µs there, and as long back. */
const request = (there: bigint): PageRequest =>
  ({ faulted: 0n, received: there, served: there + 5000n, arrived: 2n * there + 5000n }) as never;
const requests = [request(20_000n), request(10_000n)];

const clocks = (
  verdict: ClockRelation["verdict"],
  lower?: bigint,
  upper?: bigint,
): ClockRelation => ({
  verdict,
  offset: 0n,
  lower,
  upper,
  drift: 0,
  reference: 0n,
  contradiction: undefined,
});

test("medians of a page's way are by nearest rank", () => {
  expect(stageMedians(requests, clocks("given", 0n, 0n))).toEqual({
    total: 25_000,
    queue: 5000,
    travel: 20_000,
    there: { value: 10_000, lower: 10_000, upper: 10_000 },
    back: { value: 10_000, lower: 10_000, upper: 10_000 },
  });
  expect(stageMedians([], undefined).total).toBeUndefined();
});

test("what crosses the sides is as uncertain as the offset of the clocks, within what was waited", () => {
  const { there, back } = stageMedians(requests, clocks("one", -3000n, 50_000n));
  expect(there).toEqual({ value: 10_000, lower: 7000, upper: 20_000 });
  expect(back).toEqual({ value: 10_000, lower: 0, upper: 13_000 });
});

test("the bounds widen by the drift that clocks may have", () => {
  const late = { ...clocks("one", 0n, 0n), reference: -5_000_000n };
  expect(stageMedians(requests, late).there).toEqual({ value: 10_000, lower: 9000, upper: 11_000 });
});

test.each(["unknown", "broken", undefined] as const)(
  "with clocks that are %s, only what each side measures itself is stated",
  (verdict) => {
    const relation = verdict && clocks(verdict, -3000n, 50_000n);
    const medians = stageMedians(requests, relation);
    expect([medians.queue, medians.travel]).toEqual([5000, 20_000]);
    expect([medians.there, medians.back]).toEqual([undefined, undefined]);
    expect(stageWords({ clocks: relation }, { requests })).toBe(
      "5 µs at the source, 20 µs on the way there and back; how that divides is unknown",
    );
  },
);

test("a range is in the words", () => {
  expect(stageWords({ clocks: clocks("one", -3000n, 50_000n) }, { requests })).toBe(
    "5 µs at the source, 20 µs on the way there and back: " +
      "~10 µs (7 to 20 µs) there, ~10 µs (0 to 13 µs) back",
  );
});

describe("latencies", () => {
  const waited = (faulted?: bigint, arrived?: bigint) => ({ faulted, arrived }) as PageRequest;

  test("are of requests with both ends, the shortest first", () => {
    expect(latencies([waited(5n, 35n), waited(undefined, 9n), waited(9n), waited(0n, 4n)])).toEqual(
      [4, 30],
    );
  });

  test("of requests whose page was not sent for them have no stages", () => {
    const before = { ...request(20_000n), sentBefore: true };
    const cut = [
      { ...request(20_000n), received: undefined },
      { ...request(20_000n), served: undefined },
      { ...request(20_000n), faulted: undefined },
      { ...request(20_000n), arrived: undefined },
    ];
    expect(stageMedians([before, ...cut], clocks("given", 0n, 0n))).toEqual({
      total: undefined,
      queue: undefined,
      travel: undefined,
      there: undefined,
      back: undefined,
    });
  });

  test.each([
    ["nothing", [], []],
    ["one below the first bound", [15_999], [[0, 16_000, 1]]],
    [
      "the first bound itself",
      [0, 16_000],
      [
        [0, 16_000, 1],
        [16_000, 32_000, 1],
      ],
    ],
    ["empty buckets before the first latency", [32_000], [[32_000, 64_000, 1]]],
    [
      "an empty bucket in between",
      [1, 2, 70_000],
      [
        [0, 16_000, 2],
        [16_000, 32_000, 0],
        [32_000, 64_000, 0],
        [64_000, 128_000, 1],
      ],
    ],
  ])("in buckets: %s", (_, sorted, expected) => {
    expect(latencyBuckets(sorted).map(({ from, to, count }) => [from, to, count])).toEqual(
      expected,
    );
  });

  test.each([[-3000n, undefined] as const, [undefined, 3000n] as const])(
    "with the offset between %s and %s, the ways there and back are unknown",
    (lower, upper) => {
      const { there, back } = stageMedians(requests, clocks("one", lower, upper));
      expect([there, back]).toEqual([undefined, undefined]);
    },
  );

  test("with clocks as given there is no drift", () => {
    const given = { ...clocks("given", 0n, 0n), reference: -5_000_000n };
    expect(stageMedians(requests, given).there).toEqual({
      value: 10_000,
      lower: 10_000,
      upper: 10_000,
    });
  });
});
