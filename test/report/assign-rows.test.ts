import { expect, test } from "vitest";
import { assignRows } from "../../src/report/assign-rows.js";
import { seededRandom } from "../support/random.js";

const span = (start: number, end: number) => ({ start, end });

test("what follows each other shares a row", () => {
  expect(assignRows([span(0, 2), span(2, 4), span(5, 6)])).toEqual([0, 0, 0]);
});

test("what overlaps does not", () => {
  expect(assignRows([span(0, 10), span(1, 3), span(2, 4), span(3, 5)])).toEqual([0, 1, 2, 1]);
});

test("rows are by time, in the order that was given", () => {
  expect(assignRows([span(5, 6), undefined, span(0, 10)])).toEqual([1, 0, 0]);
});

test("of spans that start at once, the first one given has the first row", () => {
  expect(assignRows([span(0, 5), span(0, 1), span(0, 3)])).toEqual([0, 1, 2]);
});

test("rows are as few as the most spans that overlap, and nothing in a row overlaps", () => {
  const random = seededRandom(5);
  for (let round = 0; round < 300; round += 1) {
    const spans = Array.from({ length: 1 + random(12) }, () => {
      const start = random(30);
      return { start: BigInt(start), end: BigInt(start + 1 + random(10)) };
    });
    const rows = assignRows(spans);
    const at = (time: number) =>
      spans.flatMap(({ start, end }, index) => (start <= time && time < end ? [rows[index]] : []));
    const overlaps = Array.from({ length: 40 }, (_, time) => at(time));
    for (const together of overlaps) expect(new Set(together).size).toBe(together.length);
    const most = Math.max(...overlaps.map((together) => together.length));
    expect(Math.max(...rows) + 1).toBe(most);
  }
});
