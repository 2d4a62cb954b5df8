import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readClocks } from "../../src/cli/engine/read-clocks.js";
import type { Io } from "../../src/cli/io.js";
import { contradictionOf, readWireTimes } from "../../src/cli/wire-times.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-wire-times-"));
afterAll(() => rmSync(work, { recursive: true }));
const io = { err: () => {} } as unknown as Io;

let folders = 0;
/** A file of times, and what `recording.json` beside it has. */
function times(about: object | string, lines = "0 1000\n100 2000\n"): string {
  const folder = mkdtempSync(join(work, `${folders++}-`));
  writeFileSync(
    join(folder, "recording.json"),
    typeof about === "string" ? about : JSON.stringify(about),
  );
  writeFileSync(join(folder, "channel0.times"), lines);
  return join(folder, "channel0.times");
}

const reading = (monotonic: number, realtime: number) => {
  return { monotonic: String(monotonic), realtime: String(realtime) };
};

describe("times on the clock of the source's trace", () => {
  const clocks = { start: reading(500, 7_000_500), end: reading(10_000_500, 17_000_600) };

  test("of a trace that counts as they do, as they are", async () => {
    const { points } = await readWireTimes(times({}), "monotonic", io);
    expect(points).toEqual([
      { offset: 0, at: 1000n },
      { offset: 100, at: 2000n },
    ]);
  });

  test("of a log, between the readings of both clocks", async () => {
    const file = times({ clocks, sourceOnThisHost: true }, "0 500\n1 5000500\n2 10000500\n");
    const { points, doubtful } = (await readWireTimes(file, "realtime", io)) as never;
    expect(points).toEqual([
      { offset: 0, at: 7_000_500n },
      { offset: 1, at: 12_000_550n },
      { offset: 2, at: 17_000_600n },
    ]);
    expect(doubtful).toBe(false);
  });

  test.each([
    ["no readings", {}, "no reading of both clocks"],
    ["a reading at the start only", { clocks: { start: clocks.start } }, "no reading of both"],
    ["readings that are none", { clocks: { start: 1, end: { monotonic: "x" } } }, "no reading of"],
    ["no JSON", "{", "no reading of both clocks"],
    [
      "a wall clock that was set",
      { clocks: { start: clocks.start, end: reading(10_000_500, 3_017_000_500) } },
      "the wall clock was set by 3000.000 ms during the recording",
    ],
  ])("of a log, with %s: why not", async (_, about, why) => {
    const { points, why: said } = await readWireTimes(times(about), "realtime", io);
    expect([points, said]).toEqual([undefined, expect.stringContaining(why)]);
  });

  test.each([
    ["none", "the source's log has no timestamps"],
    ["year", "the timestamps of the source's log do not include the year"],
  ] as const)("of a log whose clock is %s: why not", async (clock, why) => {
    expect(await readWireTimes(times({ clocks }), clock, io)).toEqual({ why });
  });
});

describe("by how much a tap's clock can be ahead", () => {
  const MS = 1_000_000n;

  test.each([
    ["nothing, on this host", { lower: undefined, upper: undefined }, false, undefined],
    ["nothing, on any host", { lower: undefined, upper: MS }, true, /nothing shows that the tap/],
    ["agrees to 0.9 ms", { lower: -MS / 10n, upper: (8n * MS) / 10n }, true, undefined],
    ["agrees to 3 ms", { lower: -MS, upper: 2n * MS }, true, /only to within 3\.000 ms/],
    ["agrees to 3 ms, on this host", { lower: -MS, upper: 2n * MS }, false, undefined],
    [
      "is behind",
      { lower: -9n * MS, upper: -2n * MS },
      false,
      /passed 2\.000 ms before the source/,
    ],
    ["is ahead", { lower: 2n * MS, upper: 9n * MS }, false, /passed 2\.000 ms after it had been/],
  ])("%s", (_, lead, doubtful, reason) => {
    const said = contradictionOf(lead, "realtime", doubtful);
    if (reason) expect(said).toMatch(reason);
    else expect(said).toBeUndefined();
  });
});

test("both clocks are read at one moment", () => {
  const before = [process.hrtime.bigint(), Date.now()] as const;
  const { monotonic, realtime, uncertainty } = readClocks();
  expect(monotonic).toBeGreaterThan(before[0]);
  expect(monotonic).toBeLessThan(process.hrtime.bigint());
  expect(Number(realtime / 1_000_000n)).toBeGreaterThanOrEqual(before[1]);
  expect(uncertainty).toBeGreaterThan(0n);
});
