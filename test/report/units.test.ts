import { expect, test } from "vitest";
import { formatBytes, formatDuration, formatMilliseconds } from "../../src/report/units.js";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.00 KiB"],
  [1048576, "1.00 MiB"],
  [5985492, "5.71 MiB"],
  [264670, "258 KiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [12_345n, "12 µs"],
  [-431_000n, "-431 µs"],
  [52_614_000n, "52.614 ms"],
  [1_559_000_000n, "1.559 s"],
])("%d nanoseconds are %s", (nanoseconds, text) => {
  expect(formatDuration(nanoseconds)).toBe(text);
});

test("columns of times are milliseconds with three digits", () => {
  expect(formatMilliseconds(1_505_735_400n)).toBe("1505.735");
});
