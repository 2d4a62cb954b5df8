import { expect, test } from "vitest";
import {
  formatBounds,
  formatBytes,
  formatDuration,
  formatMilliseconds,
  formatOffset,
  formatPercent,
  formatShare,
} from "../../src/report/units.js";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.00 KiB"],
  [1048576, "1.00 MiB"],
  [5985492, "5.71 MiB"],
  [264670, "258 KiB"],
  [10 * 1024, "10.0 KiB"],
  [10 * 1024 - 103, "9.90 KiB"],
  [100 * 1024, "100 KiB"],
  [100 * 1024 - 512, "99.5 KiB"],
  [1024 ** 2 - 1024, "1023 KiB"],
  [3 * 1024 ** 3, "3.00 GiB"],
  [5.5 * 1024 ** 4, "5.50 TiB"],
  [2048 * 1024 ** 4, "2048 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [12_345n, "12 µs"],
  [-431_000n, "-431 µs"],
  [52_614_000n, "52.614 ms"],
  [1_559_000_000n, "1.559 s"],
  [0n, "0 µs"],
  [999_000n, "999 µs"],
  [1_000_000n, "1.000 ms"],
  [-1_000_000n, "-1.000 ms"],
  [999_999_000n, "999.999 ms"],
  [1_000_000_000n, "1.000 s"],
  [-61_000_000_000n, "-61.000 s"],
])("%d nanoseconds are %s", (nanoseconds, text) => {
  expect(formatDuration(nanoseconds)).toBe(text);
});

test("columns of times are milliseconds with three digits", () => {
  expect(formatMilliseconds(1_505_735_400n)).toBe("1505.735");
});

test.each([
  [undefined, undefined, "unknown"],
  [4_100_000n, undefined, "at least 4.100 ms"],
  [undefined, 4_100_000n, "at most 4.100 ms"],
  [52_183_000n, 52_879_000n, "52.183 to 52.879 ms"],
  [7_000n, 20_000n, "7 to 20 µs"],
  [500_000n, 1_500_000n, "500 µs to 1.500 ms"],
  [1_500_000n, 2_000_000_000n, "1.500 ms to 2.000 s"],
  [0n, 0n, "0 to 0 µs"],
])("between %d and %d is %s", (lower, upper, text) => {
  expect(formatBounds(lower, upper)).toBe(text);
});

test("an offset is hexadecimal", () => {
  expect([0, 255, 0xee56c2].map(formatOffset)).toEqual(["0x0", "0xff", "0xee56c2"]);
});

test.each([
  [0, 1, "0 %"],
  [1, 3, "33.3 %"],
  [2, 3, "66.6 %"],
  [9996, 10_000, "99.9 %"],
  [999_999, 1_000_000, "99.9 %"],
  [7, 7, "100 %"],
])("%d of %d are %s, rounded down", (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});

test.each([
  [0, "0.0 %"],
  [0.0004, "0.0 %"],
  [0.0006, "0.1 %"],
  [2 / 3, "66.7 %"],
  [0.999, "99.9 %"],
  [0.9996, "99.9 %"],
  [1, "100.0 %"],
  [1.25, "125.0 %"],
])("a share of %d is %s", (share, text) => {
  expect(formatPercent(share)).toBe(text);
});
