import { describe, expect, test } from "vitest";
import { TraceDamage } from "../../src/traces/damage.js";
import type { TraceRecord } from "../../src/traces/record.js";

const STEPS = "timestamps that step back";
const countsOf = (damage: TraceDamage) => Object.fromEntries(damage.counts);

/** The counts after records, and whether the trace is damaged by them. */
function note(...records: object[]) {
  const damage = new TraceDamage();
  for (const record of records) damage.note(record as TraceRecord);
  return [countsOf(damage), damage.isDamaged];
}

const head = { timestamp: 0n, pid: 0, offset: 0 };

describe("a record's damage", () => {
  test.each<readonly [record: object, counts: object, isDamaged: boolean]>([
    [{ type: "dropped", count: 3n }, { "events dropped by QEMU": 3 }, true],
    [{ type: "dropped", count: 0n }, {}, false],
    [{ type: "text", text: "x" }, { "lines of other origin": 1 }, false],
    [{ type: "garbage", length: 5, zeros: true }, { "zero bytes between records": 5 }, true],
    [{ type: "garbage", length: 5, zeros: false }, { "bytes of garbage between records": 5 }, true],
    [
      { type: "raw", reason: "undeclared", name: "a" },
      { "records of a, which is not declared": 1 },
      true,
    ],
    [
      { type: "raw", reason: "layout", name: "a", difference: "8, not 16" },
      { "records of a with other arguments than declared (8, not 16)": 1 },
      true,
    ],
    [
      { type: "raw", reason: "unmapped", name: "event 5" },
      { "records of event 5, which the trace does not name": 1 },
      true,
    ],
    [
      { type: "raw", reason: "format", name: "a" },
      { "records of a with other text than its format prints": 1 },
      true,
    ],
    [{ type: "event", ...head }, {}, false],
    [
      { type: "event", ...head, uncertain: ["x"] },
      { "records with arguments that the text does not tell for certain": 1 },
      false,
    ],
  ])("%o", (record, counts, isDamaged) => {
    expect(note(record)).toEqual([counts, isDamaged]);
  });

  test("adds up", () => {
    const raw = { type: "raw", reason: "layout", name: "a" };
    const records = [
      { type: "dropped", count: 3n },
      { type: "dropped", count: 4n },
      { ...raw, difference: "first" },
      { ...raw, difference: "second" },
      { ...raw, reason: "undeclared" },
      { ...raw, name: "b" },
      { type: "text" },
    ];
    expect(note(...records)).toEqual([
      {
        "events dropped by QEMU": 7,
        "records of a with other arguments than declared (first)": 2,
        "records of a, which is not declared": 1,
        "records of b with other arguments than declared": 1,
        "lines of other origin": 1,
      },
      true,
    ]);
  });
});

test("of more than 1000 kinds of raw records, the others are counted together", () => {
  const damage = new TraceDamage();
  for (let index = 0; index < 1003; index++) damage.addRaw("undeclared", `e${index}`);
  damage.addRaw("format", "e5", "x");
  damage.addRaw("undeclared", "e999");
  expect(damage.counts.size).toBe(1002);
  expect(countsOf(damage)).toMatchObject({
    "records of e999, which is not declared": 2,
    "records of other events, which is not declared": 3,
    "records of other events with other text than its format prints": 1,
  });
});

describe("timestamps that step back", () => {
  const stepsOf = (...times: readonly (readonly [time: number, pid?: number])[]) => {
    const damage = new TraceDamage();
    for (const [time, pid] of times) damage.noteTime(BigInt(time), pid);
    return damage.counts.get(STEPS) ?? 0;
  };

  test("are those before the one before", () => {
    expect(stepsOf([5], [5], [6])).toBe(0);
    expect(stepsOf([5], [4], [4], [3])).toBe(2);
  });

  test("are counted in each process or thread", () => {
    expect(stepsOf([5, 1], [4, 2], [5, 1], [4, 2])).toBe(0);
    expect(stepsOf([5, 1], [4, 2], [4, 1], [3, 2])).toBe(2);
    expect(stepsOf([5], [4, 2], [4], [5, 2])).toBe(1);
  });

  test("damage a trace", () => {
    expect(note({ type: "event", ...head, timestamp: 5n }, { type: "event", ...head })).toEqual([
      { [STEPS]: 1 },
      true,
    ]);
  });

  test("are counted in the first 1000 threads, and within each row of the others", () => {
    const damage = new TraceDamage();
    // Thread 0 is known from the start.
    for (let pid = 1; pid <= 1001; pid++) damage.noteTime(100n, pid);
    const stepBack = (pid: number) => {
      damage.noteTime(50n, pid);
      return damage.counts.get(STEPS) ?? 0;
    };
    expect(stepBack(1)).toBe(1);
    expect(stepBack(999)).toBe(2);
    expect(stepBack(1000)).toBe(2);
    expect(stepBack(1001)).toBe(2);
    damage.noteTime(60n, 5000);
    damage.noteTime(59n, 5000);
    expect(countsOf(damage)).toEqual({ [STEPS]: 3 });
    // One that is known is known by its last time.
    damage.noteTime(49n, 1);
    expect(countsOf(damage)).toEqual({ [STEPS]: 4 });
  });
});
