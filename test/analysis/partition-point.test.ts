import { expect, test } from "vitest";
import { partitionPoint } from "../../src/analysis/partition-point.js";

test("finds every place at which a condition can begin to hold", () => {
  for (let count = 0; count <= 20; count += 1) {
    for (let place = 0; place <= count; place += 1) {
      expect(partitionPoint(count, (index) => index >= place)).toBe(place);
    }
  }
});

test("asks of no index out of range, and of few", () => {
  const asked: number[] = [];
  partitionPoint(1000, (index) => {
    asked.push(index);
    return index >= 1000;
  });
  expect(Math.max(...asked)).toBeLessThan(1000);
  expect(asked.length).toBeLessThanOrEqual(10);
});
