import { expect, test } from "vitest";
import type { MigrationFailure } from "../../../src/analysis/account.js";
import { summary } from "../../../src/report/text/summary.js";
import { analysisOf, clocksOf, itemOf, ms, roundOf } from "../empty-analysis.js";

type Known = Parameters<typeof analysisOf>[0];
const linesOf = (known: Known, width = 100) =>
  summary(analysisOf(known), width).trimEnd().split("\n");
/** The text of a line by its name, with the lines after it that have none. */
const textOf = (known: Known, name: string) => {
  const lines = linesOf(known, 1000);
  const at = lines.findIndex((line) => line.startsWith(name.padEnd(12)));
  if (at < 0) return undefined;
  const next = lines.findIndex((line, index) => index > at && !line.startsWith(" "));
  return lines.slice(at, next < 0 ? undefined : next).map((line) => line.slice(12));
};
const side = { expected: 1, paired: 1, strays: [] };
const item = itemOf("ram START", 29);

test("of nothing says that all is unknown", () => {
  expect(linesOf({})).toEqual([
    "machine     unknown",
    "stream      not given; the traces identify no items",
    "rounds      unknown",
    "switchover  unknown",
    "downtime    unknown, no vm_state_notify and no downtime checkpoint with a timestamp in the traces",
  ]);
});

test("what is wrong comes first, what would help last; lines are as wide as there is room", () => {
  const failure: MigrationFailure = {
    ...{ side: "destination", errors: ["first", "second"], item: undefined, device: "vga" },
    ...{ instance: undefined, hint: "use the same machine type" },
  };
  const known: Known = {
    ...{ problems: ["p1", "p2"], warnings: ["w1"], advice: ["a1", "a2"], machine: "microvm" },
    ...{ begin: ms(1), end: ms(4), outcome: { state: "failed", error: "first", failure } },
  };
  expect(linesOf(known, 60)).toEqual([
    "problem     p1",
    "            p2",
    "failed      at the destination, at vga",
    "            first",
    "            second",
    "hint        use the same machine type",
    "warning     w1",
    "machine     microvm",
    "stream      not given; the traces identify no items",
    "total time  3.000 ms",
    "rounds      unknown",
    "switchover  unknown",
    "downtime    unknown, no vm_state_notify and no downtime",
    "            checkpoint with a timestamp in the traces",
    "note        a1",
    "            a2",
  ]);
});

test.each<[Known, string, readonly string[] | undefined]>([
  [{ totalBytes: 2048, items: [item, item] }, "stream", ["2.00 KiB in 2 items"]],
  [
    { totalBytes: 2560, streamSize: 2048, channelBytes: [512], items: [item, item] },
    "stream",
    ["2.50 KiB: 2.00 KiB in 2 items on the main channel, 512 B on 1 additional channel"],
  ],
  [{ items: [item, item] }, "stream", ["not given; 2 items by what the traces tell"]],
  [{ begin: ms(1) }, "total time", undefined],
  [{ end: ms(1) }, "total time", undefined],
  [{ outcome: { state: "completed", error: undefined, failure: undefined } }, "outcome", undefined],
  [
    { outcome: { state: "cancelled", error: undefined, failure: undefined } },
    "outcome",
    ["cancelled"],
  ],
  [
    { outcome: { state: "cancelled", error: "by user", failure: undefined } },
    "outcome",
    ["cancelled: by user"],
  ],
  [
    { outcome: { state: "active", error: undefined, failure: undefined } },
    "outcome",
    ["unknown; last state active"],
  ],
  [{ attempt: { number: 2, of: 3 } }, "attempt", ["2 of 3 in the trace; see --attempt"]],
])("%#: %s", (known, name, text) => {
  expect(textOf(known, name)).toEqual(text);
});

const sync = { start: undefined, end: undefined, pending: undefined, dirtyPages: undefined };
test.each([
  [0, 1, undefined, "unknown passes through memory; the dirty bitmap was synchronised once"],
  [1, 1, undefined, "1 pass through memory; the dirty bitmap was synchronised once"],
  [2, 3, true, "2 passes through memory; the dirty bitmap was synchronised 3 times"],
  [
    2,
    2,
    false,
    "2 passes through memory, the last one not complete; the dirty bitmap was synchronised 2 times",
  ],
  [2, 0, true, "unknown"],
])("%d rounds, %d syncs, the last one complete: %s", (rounds, syncs, complete, text) => {
  const known = {
    rounds: Array.from({ length: rounds }, (_, index) => roundOf(index + 1, { complete })),
    syncs: Array.from({ length: syncs }, () => sync),
  };
  expect(textOf(known, "rounds")).toEqual([text]);
});

const start = { offset: 255, sent: ms(3), received: ms(4) };
test.each<[Known, string]>([
  [{ streamSize: 1 }, "no SWITCHOVER_START in the stream"],
  [
    { switchoverStart: start, begin: ms(1) },
    "SWITCHOVER_START at byte 0xff, sent at 2.000 ms, read at 3.000 ms",
  ],
  // Both sides without a relation of their clocks.
  [
    { switchoverStart: start, begin: ms(1), source: side, destination: side },
    "SWITCHOVER_START at byte 0xff, sent at 2.000 ms",
  ],
  [
    { switchoverStart: { offset: undefined, sent: undefined, received: ms(4) }, begin: ms(1) },
    "SWITCHOVER_START, read at 3.000 ms",
  ],
  [
    { switchoverStart: { offset: 0, sent: undefined, received: undefined } },
    "SWITCHOVER_START at byte 0x0",
  ],
])("switchover %#: %s", (known, text) => {
  expect(textOf(known, "switchover")).toEqual([text]);
});

test("the downtime has a line for each measure", () => {
  const guestBounds = { lower: ms(5), upper: ms(5) };
  expect(textOf({ downtime: { guest: ms(5), guestBounds, reported: ms(4) } }, "downtime")).toEqual([
    "5.000 ms, from the guest's stop at the source to its run at the destination",
    "4.000 ms as the source measures it (query-migrate)",
  ]);
});

test("matched items have a share of each side, 100 % only if all are", () => {
  const stray = { key: "a", events: "b", at: undefined };
  const known = (paired: number, expected: number, strays: readonly (typeof stray)[]) => ({
    ...{ items: [item, item], source: { paired, expected, strays } },
  });
  expect(textOf(known(9999, 10_000, []), "paired")).toEqual([
    "source: 99.9 %, 9999 of the 10000 items that QEMU traces there",
    "destination: no trace",
  ]);
  expect(textOf(known(0, 0, [stray]), "paired")![0]).toBe(
    "source: 0 of the 0 items that QEMU traces there; 1 traced without an item",
  );
  expect(textOf({ ...known(1, 1, []), items: [] }, "paired")).toBeUndefined();
});

test.each([
  [{ verdict: "given" as const }, "one clock serves both traces, as given"],
  [{ verdict: "given" as const, offset: ms(2) }, "the destination's is 2.000 ms ahead, as given"],
  [
    { verdict: "unknown" as const, lower: undefined, upper: ms(2) },
    "unknown: causality allows an offset between – and 2.000 ms",
  ],
  [
    { lower: -ms(1), upper: ms(2) },
    "one clock serves both traces (causality allows an offset between -1.000 ms and 2.000 ms)",
  ],
  [
    { verdict: "two" as const, offset: ms(5), lower: ms(4), upper: ms(7) },
    "the destination's is 5.000 ms ahead (between 4.000 ms and 7.000 ms, known to 3.000 ms)",
  ],
  [
    { verdict: "two" as const, offset: ms(5), lower: undefined, upper: ms(7), drift: -1.26 },
    "the destination's is 5.000 ms ahead (between – and 7.000 ms), and drifts by -1.3 ppm",
  ],
  [
    { verdict: "two" as const, offset: ms(5), lower: ms(4), upper: undefined },
    "the destination's is 5.000 ms ahead (between 4.000 ms and –)",
  ],
  [{ verdict: "broken" as const }, "unknown: the inputs contradict each other"],
  [
    { verdict: "broken" as const, contradiction: ms(4) },
    "contradictory around 3.000 ms: items are read before they are sent",
  ],
])("clocks %o: %s", (known, text) => {
  expect(textOf({ clocks: clocksOf(known), begin: ms(1) }, "clocks")).toEqual([text]);
});
