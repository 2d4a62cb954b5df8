import { expect, test } from "vitest";
import type { KindCounts, RamStats } from "../../src/migration/wire/ram-stats.js";
import { ramStatsToText } from "../../src/report/ram-stats-text.js";

const counts = (page: number): KindCounts => ({
  ...{ page, zero: 0, xbzrle: 0, compressed: 0, mapped: 0, bytes: page * 1024 },
});
const statsOf = (known: Partial<RamStats>): RamStats => ({
  ...{ pageSize: 4096, blocks: [], total: counts(9), rounds: [], sent: [], zeroShare: 0 },
  ...{ compressedShare: undefined, regions: [], ...known },
});
/** The parts of the text: rounds, times sent, shares, regions. */
const parts = (known: Partial<RamStats>) => ramStatsToText(statsOf(known)).split("\n\n");
const array = <T>(length: number, of: (index: number) => T) =>
  Array.from({ length }, (_, index) => of(index));

test("each round has its pages of each kind, and all of them a row", () => {
  const [table] = parts({ rounds: [counts(1), { ...counts(2), zero: 5 }], total: counts(3) });
  const rows = table!
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
  expect(rows[0]![0]).toBe("round");
  expect(rows[0]!.at(-1)).toBe("payload");
  expect(rows.slice(1).map((row) => [row[0], row[1], row.at(-1)])).toEqual([
    ["1", "1", "1.00 KiB"],
    ["2", "2", "2.00 KiB"],
    ["all", "3", "3.00 KiB"],
  ]);
  expect(rows[2]).toContain("5");
});

test.each([
  [12, []],
  [13, ["and 1 more"]],
  [14, ["and 2 more"]],
])("of %d rounds twelve are shown", (length, more) => {
  const [table] = parts({ rounds: array(length, () => counts(1)) });
  const names = table!
    .trimEnd()
    .split("\n")
    .map((line) => line.split("  ")[0]!.trim());
  expect(names).toEqual(["round", ...array(12, (index) => String(index + 1)), ...more, "all"]);
});

test.each([
  [0, []],
  [2, ["10 pages sent 1 ×", "20 pages sent 2 ×"]],
  [12, array(12, (index) => `${(index + 1) * 10} pages sent ${index + 1} ×`)],
  [
    13,
    [
      ...array(11, (index) => `${(index + 1) * 10} pages sent ${index + 1} ×`),
      "250 pages sent 12 to 13 ×",
    ],
  ],
])("of %d numbers of times twelve lines are shown", (length, lines) => {
  const sent = array(length, (index) => [index + 1, (index + 1) * 10] as const);
  const text = ramStatsToText(statsOf({ sent }));
  expect(text.split("\n").filter((line) => line.includes("pages sent"))).toEqual(lines);
});

test.each([
  [{ zeroShare: 0.9996 }, "zero pages: 99.9 % of those sent\n"],
  [
    { zeroShare: 1, compressedShare: 0 },
    "zero pages: 100.0 % of those sent\nordinary pages, deflated (a sample): 0.0 % of their size\n",
  ],
])("shares %o", (known, text) => {
  expect(parts(known)[1]).toBe(text.trimEnd());
});

test("blocks that are not in the stream are listed", () => {
  const blocks = [
    { name: "pc.ram", usedLength: 4096 },
    { name: "rom", usedLength: 2048, ignored: true as const },
  ];
  expect(parts({ blocks })[2]).toBe("rom (2.00 KiB): ignored, not in the stream");
});

test.each([11, 12, 13])("of %d regions at most twelve are shown", (length) => {
  const regions = array(length, (index) => ({
    block: "pc.ram",
    start: 4096,
    length: 2048,
    sends: 100 - index,
    rounds: [],
  }));
  const rows = parts({ regions }).at(-1)!.trimEnd().split("\n");
  expect(rows.slice(0, 2)).toEqual([
    "hottest    from    length  sends",
    "pc.ram   0x1000  2.00 KiB    100",
  ]);
  expect(rows).toHaveLength(1 + Math.min(12, length));
});
