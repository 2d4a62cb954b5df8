import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { downtimeInterval, extentOf, originOf, phasesOf } from "../../src/report/time-line.js";
import { analysisOf, checkpointOf, itemOf, ms, segmentOf, spanOf } from "./empty-analysis.js";

type Known = Parameters<typeof analysisOf>[0];
const side = { expected: 1, paired: 1, strays: [] };
/** From and to, in milliseconds. */
const extent = (known: Known, only?: "source" | "destination") => {
  const found = extentOf(analysisOf(known), only);
  return found && [Number(found.begin) / 1e6, Number(found.end) / 1e6];
};

describe("the extent", () => {
  const items = [
    itemOf("a", 0, { source: spanOf(5, 6), destination: spanOf(7, 9) }),
    itemOf("b", 0, { source: { status: "missing" }, destination: { status: "untimed", how: "" } }),
  ];
  test.each<[string, Known, unknown, unknown, unknown]>([
    ["of nothing", {}, undefined, undefined, undefined],
    ["of spans", { items }, [5, 9], [5, 6], [7, 9]],
    ["of the guest's stop", { items, downtime: { stopped: ms(2) } }, [2, 9], [2, 6], [7, 9]],
    [
      "of its run at the source",
      { items, downtime: { resumed: ms(20) } },
      [5, 20],
      [5, 20],
      [7, 9],
    ],
    ["of its run at the destination", { downtime: { running: ms(4) } }, [4, 4], undefined, [4, 4]],
    [
      "of checkpoints",
      {
        downtime: {
          checkpoints: [checkpointOf("source", "a", 1), checkpointOf("destination", "b", 3)],
        },
      },
      [1, 3],
      [1, 1],
      [3, 3],
    ],
    [
      "with a source's trace",
      { source: side, begin: ms(1), end: ms(8) },
      [1, 8],
      [1, 8],
      undefined,
    ],
    [
      "with a destination's trace only",
      { destination: side, begin: ms(1), end: ms(8) },
      [1, 8],
      undefined,
      [1, 8],
    ],
  ])("%s", (_name, known, both, source, destination) => {
    expect([extent(known), extent(known, "source"), extent(known, "destination")]).toEqual([
      ...[both, source, destination],
    ]);
  });

  test("a time of 0 counts", () => {
    expect(extent({ items: [itemOf("a", 0, { source: spanOf(0, 2) })] })).toEqual([0, 2]);
  });
});

test.each<[Known, bigint]>([
  [{ begin: ms(3), downtime: { stopped: ms(1) } }, ms(3)],
  [{ downtime: { stopped: ms(4) } }, ms(4)],
  [{}, 0n],
])("times count from the start, else the first one: %#", (known, origin) => {
  expect(originOf(analysisOf(known))).toBe(origin);
});

test.each<[string, MigrationAccount, readonly [number, number] | undefined]>([
  [
    "the path first",
    analysisOf({
      downtime: {
        path: [segmentOf("source", "save", "", [3, 4]), segmentOf("wire", "wait", "", [4, 9])],
        ...{ guest: ms(50), stopped: ms(1), resumed: ms(70) },
      },
    }),
    [3, 9],
  ],
  ["from the stop on", analysisOf({ downtime: { guest: ms(5), stopped: ms(1) } }), [1, 6]],
  [
    "until the guest ran on",
    analysisOf({ downtime: { guest: ms(5), stopped: ms(1), resumed: ms(70) } }),
    [65, 70],
  ],
  ["no length", analysisOf({ downtime: { stopped: ms(1), resumed: ms(70) } }), undefined],
  ["no stop", analysisOf({ downtime: { guest: ms(5) } }), undefined],
])("when the guest stood still: %s", (_name, analysis, times) => {
  expect(downtimeInterval(analysis)).toEqual(times && { begin: ms(times[0]), end: ms(times[1]) });
});

describe("phases", () => {
  const phase = (name: string, start: number, end: number) => ({
    ...{ name, state: "", start: ms(start), end: ms(end) },
  });
  const items = [itemOf("a", 0, { source: spanOf(1, 9) })];

  test("are the source's where it has any", () => {
    const phases = [phase("setup", 1, 2)];
    expect(phasesOf(analysisOf({ items, phases }))).toBe(phases);
  });

  test("else lie before, in and after the downtime, and none is without length", () => {
    const between = (stopped: number, running: number) =>
      phasesOf(analysisOf({ items, downtime: { stopped: ms(stopped), running: ms(running) } }));
    expect(between(3, 7)).toEqual([
      ...[phase("before", 1, 3), phase("guest stopped", 3, 7), phase("after", 7, 9)],
    ]);
    expect(between(1, 9)).toEqual([phase("guest stopped", 1, 9)]);
    expect(phasesOf(analysisOf({ items, downtime: { stopped: ms(3) } }))).toEqual([
      phase("before", 1, 3),
    ]);
    expect(phasesOf(analysisOf({}))).toEqual([]);
  });
});
