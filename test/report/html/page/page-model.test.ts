import { expect, test } from "vitest";
import { readPageModel } from "../../../../src/report/html/page/page-model.js";
import { onTheWay, tookText } from "../../../../src/report/html/page/words.js";
import { pageDataOf } from "./made-page.js";

const data = pageDataOf({
  strings: ["ram", "vga", "its name", "no event", "its place"],
  items: {
    ...{
      labels: [0, 1, 0, 1, 9],
      kinds: "rdckv",
      offsets: [8, 20, 2, 0, 5],
      sizes: [1, 2, 3, 4, 5],
    },
    ...{ depths: "01000", facts: [[0, 1, 2, 3], [], [0]], states: { 1: [[0, 1, 2, 3]] } },
  },
  // Matched, bounded, open, untraced, missing.
  source: {
    statuses: "pboum",
    starts: [10, 5, 100],
    durations: [10, 20, 5000],
    reasons: [2, 2, 2, 3],
  },
  destination: { statuses: "ptnnp", starts: [40, 2], durations: [0, 999], reasons: [2, 4, 4] },
  faults: { starts: [5, 5], durations: [3, 9], blocks: [0, 1], offsets: [255, 0] },
  bytes: [{ name: "sent", side: "source", bounds: true, times: [1, 2, 3], bytes: [10, 0, 5] }],
});
const model = readPageModel(data);

test("items have their labels, kinds, places and facts", () => {
  expect(model.count).toBe(5);
  expect(model.labels).toEqual(["ram", "vga", "ram", "vga", ""]);
  expect(model.kinds).toEqual(["ram", "device", "configuration", "command", "description"]);
  expect([...model.offsets]).toEqual([8, 28, 30, 30, 35]);
  expect(model.depths).toEqual([0, 1, 0, 0, 0]);
  expect([0, 1, 2, 7].map(model.facts)).toEqual([
    [
      ["ram", "vga"],
      ["its name", "no event"],
    ],
    ...[[], [], []],
  ]);
  expect([0, 1].map(model.state)).toEqual([[], [[0, 1, 2, 3]]]);
});

test("a side has times of matched items alone, in rows that do not overlap", () => {
  const { source, destination } = model;
  expect([...source.start]).toEqual([10, 15, 115, Number.NaN, Number.NaN]);
  expect([...source.end]).toEqual([20, 35, 5115, Number.NaN, Number.NaN]);
  expect(source.reasons).toEqual(["its name", "its name", "its name", "no event", ""]);
  expect([source.rows, source.rowCount]).toEqual([[0, 1, 0, 0, 0], 2]);
  expect([...destination.start]).toEqual([40, Number.NaN, Number.NaN, Number.NaN, 42]);
  expect(destination.reasons).toEqual(["its name", "its place", "", "", "its place"]);
  expect(destination.rowCount).toBe(1);
});

test("curves and faults are sums of differences", () => {
  expect([...model.bytes[0]!.times, ...model.bytes[0]!.bytes]).toEqual([1, 3, 6, 10, 10, 15]);
  expect([...model.faults.start]).toEqual([5, 10]);
  expect([model.faults.count, model.faults.longest]).toEqual([2, 9]);
  expect([0, 1].map(model.faults.name)).toEqual(["ram 0xff", "vga 0x0"]);
  expect(readPageModel(pageDataOf({})).faults.longest).toBe(0);
});

test("an item's kept events start after those of the items before it", () => {
  const events = {
    kept: [2, 0, 3],
    counts: [],
    times: [],
    names: [],
    texts: [],
    density: [],
    total: 0,
  };
  const { source } = readPageModel(pageDataOf({ source: { events } }));
  expect([...source.firstEvent]).toEqual([0, 2, 2]);
});

test("how long an item took: exactly, at most, or unknown", () => {
  expect([0, 1, 2].map((item) => tookText(model.source, item))).toEqual(["10 ns", "≤ 20 ns", "?"]);
  expect([0, 4].map((item) => tookText(model.destination, item))).toEqual(["an instant", "999 ns"]);
});

test("how long an item was on its way is as exact as the clocks", () => {
  expect(onTheWay(model, 0)).toEqual({ value: 30, text: "30 ns", range: "" });
  expect([1, 4].map((item) => onTheWay(model, item))).toEqual([undefined, undefined]);
  expect(onTheWay({ ...model, placed: false }, 0)).toBeUndefined();
  const slow = { ...model.destination, start: Float64Array.of(5_000_010) };
  expect(onTheWay({ ...model, destination: slow, slack: [1e6, 2e6] }, 0)).toEqual({
    ...{ value: 5e6, text: "~5.000 ms", range: " (4.000 to 7.000 ms)" },
  });
  // Nothing arrives before it is sent.
  expect(onTheWay({ ...model, destination: slow, slack: [6e6, 0] }, 0)!.range).toBe(
    " (0 µs to 5.000 ms)",
  );
});
