import { expect, test } from "vitest";
import { itemAt } from "../../../../src/report/html/page/hit-test.js";
import { layOutLanes } from "../../../../src/report/html/page/lanes.js";
import { type PageModel, readPageModel } from "../../../../src/report/html/page/page-model.js";
import { type Scene, toTime, toX } from "../../../../src/report/html/page/scene.js";
import { pageDataOf } from "./made-page.js";

// Two items that overlap at the source, and a third that only the destination has.
const model = readPageModel(
  pageDataOf({
    strings: ["a"],
    items: { labels: [0, 0, 0], kinds: "rrr" },
    source: { statuses: "ppm", starts: [100, 50], durations: [100, 100], reasons: [0, 0] },
    destination: {
      statuses: "ppp",
      starts: [500, 150, 150],
      durations: [50, 50, 50],
      reasons: [0, 0, 0],
    },
  }),
);
/** A pixel is a nanosecond, 104 to the right. */
const sceneOf = (known: Partial<PageModel> = {}): Scene => ({
  model: { ...model, ...known },
  lanes: layOutLanes(model, 1104),
  ...{ view: { start: 0, end: 1000 }, whole: { start: 0, end: 1000 }, width: 1104 },
  ...{ palette: {} as Scene["palette"], selected: undefined, hovered: undefined },
  ...{ hoveredFault: undefined, range: undefined },
});
const scene = sceneOf();

test("lanes are below each other, with room for their rows", () => {
  const { axis, phases, source, stream, destination, faults, bytes, overview, ...rest } =
    scene.lanes;
  const bands = [axis, phases, source, stream, destination, faults, bytes, overview];
  expect(bands.map(({ top, bottom }) => [top, bottom])).toEqual([
    ...[
      [0, 24],
      [28, 52],
      [68, 120],
      [120, 204],
      [204, 230],
      [230, 230],
      [260, 260],
      [270, 275],
    ],
  ]);
  expect(rest).toEqual({ height: 277, row: 26, left: 104 });
});

test.each([
  [639, 8, 24],
  [640, 104, 16],
])("a page of %d pixels: names take %d", (width, left, gap) => {
  const lanes = layOutLanes(model, width);
  expect([lanes.left, lanes.source.top - lanes.phases.bottom]).toEqual([left, gap]);
});

test("lanes of faults, bytes and events are only there where there are any", () => {
  const events = { kept: [], counts: [], times: [], names: [], texts: [], density: [], total: 0 };
  const full = {
    ...model,
    ...{ source: { ...model.source, rowCount: 7, events }, faults: { ...model.faults, count: 1 } },
    bytes: [
      {
        name: "",
        side: "source" as const,
        bounds: false,
        times: Float64Array.of(),
        bytes: Float64Array.of(),
      },
    ],
  };
  const height = (lane: "source" | "faults" | "bytes") => {
    const { top, bottom } = layOutLanes(full, 1104)[lane];
    return bottom - top;
  };
  // Six rows at most, and the strip of events with its gap.
  expect([height("source"), height("faults"), height("bytes")]).toEqual([6 * 26 + 10, 76, 140]);
});

test("a moment has a pixel, and a pixel its moment", () => {
  expect([0, 500, 1000].map((time) => toX(scene, time))).toEqual([104, 604, 1104]);
  expect([104, 604, 1104].map((x) => toTime(scene, x))).toEqual([0, 500, 1000]);
});

test.each([
  ["the first row of the source", 204, 70, 0],
  ["its start", 204, 68, 0],
  ["just before it", 199.5, 70, 0],
  ["too far before it", 199, 70, undefined],
  ["just after it", 308.5, 70, 0],
  ["too far after it", 309, 70, undefined],
  ["the second row", 260, 70 + 26, 1],
  ["the last pixel of the first row", 300, 93.9, 0],
  ["left of time", 103, 70, undefined],
  ["between the lanes", 204, 60, undefined],
  ["the destination", 630, 210, 0],
  ["its last line", 630, 229.9, 0],
  ["below it", 630, 231, undefined],
  ["halfway down the stream", 104 + 300, 162, 0],
  ["a quarter down", 104 + 100 + (5 / 32) * 400, 141, 0],
  ["nothing on its way", 1000, 162, undefined],
])("under a pointer: %s", (_name, x, y, item) => {
  expect(itemAt(scene, x, y)).toBe(item);
});

test("nothing is on its way between clocks that cannot be compared", () => {
  expect(itemAt(sceneOf({ placed: false }), 404, 162)).toBeUndefined();
  expect(itemAt(sceneOf({ placed: false }), 204, 70)).toBe(0);
});
