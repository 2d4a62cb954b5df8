import { expect, test } from "vitest";
import { byteTicks, ticks, timeLabel } from "../../../../src/report/html/page/ticks.js";

test("ticks are at round numbers", () => {
  expect(ticks(-3, 47, 5)).toEqual({ step: 10, at: [0, 10, 20, 30, 40] });
  expect(ticks(1_520_000, 1_560_000, 8)).toMatchObject({ step: 5000 });
});

test("no stretch has no ticks", () => {
  expect(ticks(5, 5, 4).at).toEqual([]);
});

test("bytes are round in binary units", () => {
  expect(byteTicks(0, 5_985_492, 4)).toEqual([0, 2 << 20, 4 << 20]);
});

test.each([
  [1_505_000_000, 1_000_000, "1,505 ms"],
  [1_505_500_000, 500_000, "1,505.5 ms"],
  [12_000, 2_000, "0.012 ms"],
])("%d ns in steps of %d are %s", (time, step, text) => {
  expect(timeLabel(time, step)).toBe(text);
});
