/**
 * QEMU reports the pages found dirty since a period's start, and starts a new period at a sync that ends
 * more than 1000 ms after it, by a clock of whole milliseconds (QEMU migration/ram.c).
 */
import { describe, expect, test } from "vitest";
import { syncsOf } from "../../src/analysis/rounds.js";
import { type MadeRecord, recordMaker } from "../support/made-records.js";
import { ownEvents } from "../support/recordings.js";

const recordsOf = recordMaker(ownEvents);
const MS = 1_000_000;

/** A sync that ends at a time, its count, and the pages to be sent after it. */
type Made = readonly [end: number, count: number, pages?: number];

function dirtyPagesOf(made: readonly Made[], first = 0): (number | undefined)[] {
  const records = made.flatMap(([end, count, pages], index): MadeRecord[] => [
    [index === 0 ? first : end - MS, "migration_bitmap_sync_start"],
    [end, "migration_bitmap_sync_end", count],
    ...(pages === undefined
      ? []
      : ([[end + 1, "migrate_pending_exact", pages * 4096, 0, pages * 4096]] as const)),
  ]);
  return syncsOf(recordsOf(...records)).map(({ dirtyPages }) => dirtyPages);
}

describe("newly dirty pages of a sync", () => {
  test.each<[string, Made[], (number | undefined)[]]>([
    [
      "are the difference within a period",
      [
        [1, 5],
        [500 * MS, 12],
        [900 * MS, 12],
      ],
      [5, 7, 0],
    ],
    [
      "up to 998 ms",
      [
        [1, 5],
        [998 * MS, 12],
        [1100 * MS, 14],
      ],
      [5, 7, 2],
    ],
    [
      "are unknown from there",
      [
        [1, 5],
        [998 * MS + 1, 12],
        [1100 * MS, 14],
      ],
      [5, 7, undefined],
    ],
    [
      "up to 1002 ms",
      [
        [1, 5],
        [1002 * MS, 12],
        [1100 * MS, 14],
      ],
      [5, 7, undefined],
    ],
    [
      "are the count of a new period",
      [
        [1, 5],
        [1002 * MS + 1, 12],
        [1100 * MS, 14],
      ],
      [5, 7, 14],
    ],
    [
      "are the count after a count of 0",
      [
        [1, 0],
        [1000 * MS, 0],
        [1100 * MS, 14],
      ],
      [0, 0, 14],
    ],
    [
      "are the count where it is smaller",
      [
        [1, 5],
        [1000 * MS, 12],
        [1100 * MS, 11],
      ],
      [5, 7, 11],
    ],
    [
      "are the difference where it is larger than what is to be sent",
      [
        [1, 5],
        [1000 * MS, 12],
        [1100 * MS, 14, 13],
      ],
      [5, 7, 2],
    ],
    [
      "are unknown where all of it may be new",
      [
        [1, 5],
        [1000 * MS, 12],
        [1100 * MS, 14, 14],
      ],
      [5, 7, undefined],
    ],
  ])("%s", (_, made, expected) => {
    expect(dirtyPagesOf(made)).toEqual(expected);
  });

  test("after a restart that a smaller count shows, count from that sync on", () => {
    const made: Made[] = [
      [1, 5],
      [1000 * MS, 12],
      [1100 * MS, 3],
      [1200 * MS, 4],
      [1990 * MS, 6],
      [2100 * MS, 7],
      [2200 * MS, 8],
    ];
    expect(dirtyPagesOf(made)).toEqual([5, 7, 3, 1, 2, 1, 8]);
  });

  test("after a restart that did not happen, count from the period's start on", () => {
    const made: Made[] = [
      [1, 5],
      [1000 * MS, 12],
      [1100 * MS, 14, 13],
      [1200 * MS, 4],
    ];
    expect(dirtyPagesOf(made)).toEqual([5, 7, 2, 4]);
  });

  test("stay unknown until a sync is more than a second after the last possible start", () => {
    const made: Made[] = [
      [1, 5],
      [1000 * MS, 12],
      [1100 * MS, 14],
      [1900 * MS, 15],
      [2903 * MS, 16],
      [3000 * MS, 17],
    ];
    expect(dirtyPagesOf(made)).toEqual([5, 7, undefined, undefined, undefined, 17]);
  });

  test("where a sync with a restart is not traced, restart then", () => {
    const made: Made[] = [
      [1, 5],
      [500 * MS, 12],
      [1600 * MS, 3],
      [1700 * MS, 4],
    ];
    // The second sync ended 500 ms after the start: one between it and the third started the period.
    expect(dirtyPagesOf(made)).toEqual([5, 7, 3, undefined]);
  });

  test("a period starts with the first sync's start", () => {
    const made: Made[] = [
      [1000 * MS, 5],
      [1003 * MS, 6],
      [1100 * MS, 7],
    ];
    expect(dirtyPagesOf(made, 0)).toEqual([5, undefined, undefined]);
    expect(dirtyPagesOf(made, 990 * MS)).toEqual([5, 1, 1]);
  });
});
