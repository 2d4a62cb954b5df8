import { expect, test } from "vitest";
import type { ComparedFigure } from "../../src/analysis/compare-accounts.js";
import { compareReport } from "../../src/report/compare-text.js";
import { ms } from "./empty-analysis.js";

const figure = (
  name: string,
  unit: ComparedFigure["unit"],
  before: bigint | undefined,
  after: bigint | undefined,
): ComparedFigure => ({ name, unit, before, after });

test("two migrations are side by side, with what changed", () => {
  const totals = [
    figure("downtime", "nanoseconds", ms(50), ms(60)),
    figure("total time", "nanoseconds", ms(2000), ms(1500)),
    figure("bytes", "bytes", 2048n, 1024n),
    figure("rounds", "count", 3n, 3n),
    figure("faults", "count", 0n, 4n),
    figure("known before", "count", 7n, undefined),
    figure("known after", "count", undefined, 8n),
    figure("unknown in both", "count", undefined, undefined),
  ];
  const devices = [
    figure("save of vga", "nanoseconds", ms(1), ms(3)),
    figure("new device", "nanoseconds", undefined, ms(0.1)),
    figure("lost device", "nanoseconds", ms(0.1), undefined),
    figure("just too little", "nanoseconds", 0n, 99_999n),
    figure("less", "nanoseconds", 99_999n, 0n),
  ];
  expect(compareReport({ totals, devices }, "A", "B")).toBe(
    [
      "                      A          B               change",
      "downtime      50.000 ms  60.000 ms   +10.000 ms (+20 %)",
      "total time      2.000 s    1.500 s  −500.000 ms (−25 %)",
      "bytes          2.00 KiB   1.00 KiB    −1.00 KiB (−50 %)",
      "rounds                3          3              0 (0 %)",
      "faults                0          4                   +4",
      "known before          7          –",
      "known after           –          8",
      "",
      "Devices, the greatest change first",
      "                    A         B              change",
      "save of vga  1.000 ms  3.000 ms  +2.000 ms (+200 %)",
      "new device          –    100 µs",
      "lost device    100 µs         –",
      "2 others changed by less than 0.1 ms",
      "",
    ].join("\n"),
  );
});

test.each([
  [0, ""],
  [1, "1 other changed by less than 0.1 ms\n"],
  [2, "2 others changed by less than 0.1 ms\n"],
])("of %d devices that hardly changed", (count, text) => {
  const devices = Array.from({ length: count }, () => figure("vga", "nanoseconds", 0n, 1n));
  const empty = "  A  B  change\n";
  expect(compareReport({ totals: [], devices }, "A", "B")).toBe(
    `${empty}\nDevices, the greatest change first\n${empty}${text}`,
  );
});
