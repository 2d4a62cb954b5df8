import { expect, test } from "vitest";
import type { PathSegment } from "../../../src/analysis/account.js";
import { mergeShortSegments } from "../../../src/report/html/merge-short-segments.js";

let at = 0n;
const segment = (kind: PathSegment["kind"], what: string, took: bigint): PathSegment => {
  at += took;
  return {
    side: kind === "save" ? "source" : "destination",
    kind,
    what,
    start: at - took,
    end: at,
  };
};

const path = [
  segment("save", "ram", 500n),
  segment("save", "apic", 4n),
  segment("save", "timer", 3n),
  segment("save", "cpu", 2n),
  segment("unexplained", "between cpu and disk", 1n),
  segment("load", "apic", 5n),
  segment("load", "disk", 485n),
];

test("short ones of one side and kind, one behind the other, are one", () => {
  expect(mergeShortSegments(path).map(({ kind, what }) => `${kind} ${what}`)).toEqual([
    "save ram",
    "save 3 short ones, apic to cpu",
    "unexplained between cpu and disk",
    "load apic",
    "load disk",
  ]);
});

test("no time is lost", () => {
  const merged = mergeShortSegments(path);
  const ends = merged.map(({ end }) => end);
  expect(merged.map(({ start }) => start)).toEqual([0n, ...ends.slice(0, -1)]);
  expect(ends.at(-1)).toBe(1000n);
});
