import { expect, test } from "vitest";
import { assignRows } from "../../src/report/assign-rows.js";

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
