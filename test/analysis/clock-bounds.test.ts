/** Clocks from made bounds: what each side saw of the other is computed from clocks that are known. */
import { describe, expect, test } from "vitest";
import type { Mark } from "../../src/analysis/mark.js";
import type { PageRequest } from "../../src/analysis/page-requests.js";
import {
  type ClockRelation,
  isRelated,
  relateClocks,
  spanAcross,
  toSourceClock,
} from "../../src/analysis/relate-clocks.js";
import { type MadeRecord, recordMaker } from "../support/made-records.js";
import { ownEvents } from "../support/recordings.js";

const recordsOf = recordMaker(ownEvents);
const SECOND = 1_000_000_000;

/** An item that was sent at a time of the source and had been read at one of the destination. */
function pair(sent: number, read: number): readonly [Mark, Mark] {
  const mark = { key: "command PING", pid: 0, events: "", isOpen: false };
  return [
    { ...mark, start: BigInt(sent), end: BigInt(sent) },
    { ...mark, start: BigInt(read), end: BigInt(read) },
  ] as unknown as readonly [Mark, Mark];
}
const ping = (at: number, value: number): MadeRecord => [at, "loadvm_process_command_ping", value];
const pong = (at: number, value: number): MadeRecord => [
  at,
  "source_return_path_thread_pong",
  value,
];

/** Clocks by an item sent at 0 and an answer seen at 0, which allow for an offset from `least` to `most`. */
function between(least: number, most: number, given?: number): ClockRelation {
  return relateClocks([pair(0, most)], recordsOf(pong(0, 1)), recordsOf(ping(least, 1)), [], {
    reference: 0n,
    given: given === undefined ? undefined : BigInt(given),
  })!;
}

describe("the drift of a clock", () => {
  /** A ping-pong every second that takes 10 µs each way. */
  const measured = (offset: number, drift: number) => {
    const clock = (time: number) => time + offset + Math.round((time * drift) / 1e6);
    const times = Array.from({ length: 1000 }, (_, index) => index * SECOND);
    const relation = relateClocks(
      times.map((at) => pair(at, clock(at + 10_000))),
      recordsOf(...times.map((at, index) => pong(at + 20_000, index))),
      recordsOf(...times.map((at, index) => ping(clock(at + 10_000), index))),
    )!;
    return { relation, clock };
  };

  test.each([20, 150, -150, 199, -199])("of %i ppm is found", (drift) => {
    const { relation, clock } = measured(5 * SECOND, drift);
    expect(relation.verdict).toBe("two");
    // 20 µs of room over 1000 s.
    expect(Math.abs(relation.drift - drift)).toBeLessThan(0.03);
    for (const at of [0, 400 * SECOND, 999 * SECOND]) {
      const error = Number(toSourceClock(relation, BigInt(clock(at)))) - at;
      expect(Math.abs(error)).toBeLessThan(25_000);
    }
    const { lower, upper, reference } = relation;
    const real = BigInt(clock(Number(reference))) - reference;
    expect(lower! <= real && real <= upper!).toBe(true);
  });

  test("of 0 ppm is 0, and one of 250 ppm is none of a steady clock", () => {
    expect(measured(5 * SECOND, 0).relation).toMatchObject({ verdict: "two", drift: 0 });
    expect(measured(0, 0).relation).toMatchObject({ verdict: "one", offset: 0n, drift: 0 });
    expect(measured(5 * SECOND, 250).relation.verdict).toBe("broken");
    expect(measured(5 * SECOND, -250).relation.verdict).toBe("broken");
  });
});

describe("the verdict on clocks", () => {
  test.each([
    [0, 10, "one", 0n],
    [-10, 0, "one", 0n],
    [1, 11, "two", 6n],
    [-11, -1, "two", -6n],
    [7, 7, "two", 7n],
    [8, 7, "broken", undefined],
  ] as const)("with offsets from %i to %i is %s", (least, most, verdict, offset) => {
    const relation = between(least, most);
    expect(relation).toMatchObject({ verdict, lower: BigInt(least), upper: BigInt(most) });
    if (offset !== undefined) expect(relation.offset).toBe(offset);
    expect(relation.contradiction).toBe(verdict === "broken" ? 0n : undefined);
    expect(isRelated(relation)).toBe(verdict !== "broken");
  });

  test("is unknown where one of the bounds is missing", () => {
    const sent = relateClocks([pair(0, 7)], [], [])!;
    expect(sent).toMatchObject({ verdict: "unknown", lower: undefined, upper: 7n });
    const answered = relateClocks([], recordsOf(pong(0, 1)), recordsOf(ping(7, 1)))!;
    expect(answered).toMatchObject({ verdict: "unknown", lower: 7n, upper: undefined, offset: 7n });
    expect([isRelated(sent), isRelated(answered), isRelated(undefined)]).toEqual(
      Array(3).fill(false),
    );
  });

  test("without anything seen on both sides is that of the caller, if there is one", () => {
    expect(relateClocks([], [], [])).toBeUndefined();
    const given = { verdict: "given", offset: 3n, lower: 3n, upper: 3n, drift: 0 };
    expect(relateClocks([], [], [], [], { given: 3n })).toMatchObject({ ...given, reference: 0n });
    expect(relateClocks([], [], [], [], { given: 3n, reference: 9n })?.reference).toBe(9n);
  });

  test.each([
    [5, "given"],
    [15, "given"],
    [4, "broken"],
    [16, "broken"],
  ])("with a given offset of %i between 5 and 15 is %s", (offset, verdict) => {
    const relation = between(5, 15, offset);
    expect(relation).toMatchObject({ verdict, offset: BigInt(offset) });
    expect(relation.contradiction).toBe(verdict === "broken" ? 0n : undefined);
  });

  test("on a wrong given offset says where it contradicts most", () => {
    const pairs = [pair(100, 105), pair(200, 202), pair(300, 304)];
    expect(relateClocks(pairs, [], [], [], { given: 9n })?.contradiction).toBe(200n);
    const [source, destination] = [
      recordsOf(pong(100, 1), pong(200, 2)),
      recordsOf(ping(110, 1), ping(220, 2)),
    ];
    expect(relateClocks([], source, destination, [], { given: 9n })?.contradiction).toBe(200n);
  });

  test("allows for times that are cut off", () => {
    const records = [recordsOf(pong(0, 1)), recordsOf(ping(5, 1))] as const;
    expect(
      relateClocks([pair(0, 5)], ...records, [], { reference: 0n, resolution: 3n }),
    ).toMatchObject({ lower: 2n, upper: 8n });
  });
});

test("bounds are wider away from the reference, by 200 ppm", () => {
  const records = [recordsOf(pong(-SECOND, 1)), recordsOf(ping(-SECOND, 1))] as const;
  expect(
    relateClocks([pair(2 * SECOND, 2 * SECOND)], ...records, [], { reference: 0n }),
  ).toMatchObject({ lower: -200_000n, upper: 400_000n });
});

describe("answers", () => {
  const lower = (source: MadeRecord[], destination: MadeRecord[]) =>
    relateClocks([pair(0, 1000)], recordsOf(...source), recordsOf(...destination), [], {
      reference: 0n,
    })?.lower;

  test("belong to the PING of the same value", () => {
    expect(lower([pong(0, 1), pong(0, 2)], [ping(40, 2), ping(30, 1)])).toBe(40n);
  });

  test("of a value that one side has more often show nothing", () => {
    expect(lower([pong(0, 1), pong(0, 2)], [ping(30, 1), ping(40, 2), ping(50, 2)])).toBe(30n);
  });

  test("end with the one that everything is loaded", () => {
    const shut: MadeRecord = [0, "source_return_path_thread_shut", 0];
    expect(lower([shut], [[60, "process_incoming_migration_co_end", 0]])).toBe(60n);
  });
});

describe("a request for a page", () => {
  const request: PageRequest = {
    ...{ block: "pc.ram", offset: 0, thread: 1, kind: "requested", via: "queue" },
    ...{ faulted: 103n, received: 100n, served: 200n, arrived: 209n, sentBefore: false },
  };
  const bounds = (change: Partial<PageRequest>) => {
    const relation = relateClocks([], [], [], [{ ...request, ...change }], { reference: 150n });
    return [relation?.lower, relation?.upper];
  };

  test.each<[string, Partial<PageRequest>, (bigint | undefined)[]]>([
    ["bounds the clocks on both sides", {}, [3n, 9n]],
    ["that was sent before bounds one", { sentBefore: true }, [3n, undefined]],
    ["of another channel bounds one", { via: "preempt" }, [3n, undefined]],
    ["that was not served bounds one", { served: undefined }, [3n, undefined]],
    ["that did not arrive bounds one", { arrived: undefined }, [3n, undefined]],
    ["without a fault bounds one", { faulted: undefined }, [undefined, 9n]],
    ["that was not received bounds one", { received: undefined }, [undefined, 9n]],
  ])("%s", (_, change, expected) => {
    expect(bounds(change)).toEqual(expected);
  });
});

test("a time between the sides is known as well as the clocks are", () => {
  const none = { value: undefined, lower: undefined, upper: undefined };
  expect(spanAcross(undefined, 100n, 200n)).toEqual(none);
  expect(spanAcross(between(8, 7), 100n, 200n)).toEqual(none);
  expect(spanAcross(between(4, 10), 100n, 200n)).toEqual({ value: 93n, lower: 90n, upper: 96n });
  const sent = relateClocks([pair(0, 10)], [], []);
  expect(spanAcross(sent, 100n, 200n)).toEqual({ ...none, lower: 90n });
  const answered = relateClocks([], recordsOf(pong(0, 1)), recordsOf(ping(4, 1)));
  expect(spanAcross(answered, 100n, 200n)).toEqual({ ...none, upper: 96n });
});
