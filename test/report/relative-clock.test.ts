import { expect, test } from "vitest";
import { noItemText } from "../../src/report/no-item-text.js";
import {
  destinationClock,
  isPlaced,
  originsOf,
  relativeClock,
} from "../../src/report/relative-clock.js";
import { analysisOf, clocksOf, itemOf, ms, spanOf } from "./empty-analysis.js";

const side = { expected: 1, paired: 1, strays: [] };
const both = { source: side, destination: side, begin: ms(2) };
const items = [itemOf("a", 0, { source: spanOf(2, 3), destination: spanOf(500, 510) })];

test.each([
  ["one side only", { source: side }, true],
  ["the other side only", { destination: side }, true],
  ["both without a relation", both, false],
  ["one clock", { ...both, clocks: clocksOf({}) }, true],
  ["unknown clocks", { ...both, clocks: clocksOf({ verdict: "unknown" }) }, false],
  ["broken clocks", { ...both, clocks: clocksOf({ verdict: "broken" }) }, false],
])("the destination's times are placed among the source's: %s", (_name, known, placed) => {
  expect(isPlaced(analysisOf(known))).toBe(placed);
});

test("times that can be compared count from the migration's start", () => {
  const analysis = analysisOf({ ...both, items, clocks: clocksOf({}) });
  expect(originsOf(analysis)).toEqual({ source: ms(2), destination: ms(2) });
  expect(relativeClock(analysis)(ms(5))).toBe("3.000");
  expect(destinationClock(analysis)(ms(5))).toBe("3.000");
  expect(destinationClock(analysis)(undefined)).toBe("–");
});

test("those that cannot count from the destination's first time", () => {
  const analysis = analysisOf({ ...both, items });
  expect(originsOf(analysis)).toEqual({ source: ms(2), destination: ms(500) });
  expect(relativeClock(analysis)(ms(505))).toBe("503.000");
  expect(destinationClock(analysis)(ms(505))).toBe("5.000");
  expect(originsOf(analysisOf(both))).toEqual({ source: ms(2), destination: 0n });
});

test("only a stream shows that there is no item", () => {
  expect(noItemText(analysisOf({}))).toBe("the other events do not show the item");
  expect(noItemText(analysisOf({ streamSize: 0 }))).toBe("no such item in the stream");
});
