import { expect, test } from "vitest";
import type { ClockRelation } from "../../src/analysis/relate-clocks.js";
import { clockWords } from "../../src/report/clock-words.js";
import { clocksOf, ms } from "./empty-analysis.js";

test.each<[Partial<ClockRelation>, string, string]>([
  [{ verdict: "given", offset: 0n }, "one clock", "as given"],
  [
    { verdict: "given", offset: ms(2) },
    "two clocks",
    "the destination’s is 2.000 ms ahead, as given",
  ],
  [
    { verdict: "given", offset: -ms(2) },
    "two clocks",
    "the destination’s is −2.000 ms ahead, as given",
  ],
  [
    { verdict: "unknown", lower: undefined, upper: ms(3) },
    "unknown",
    "causality allows an offset of at most 3.000 ms",
  ],
  [
    { verdict: "one", lower: -ms(1), upper: -ms(0.5) },
    "one clock",
    "causality allows an offset of −1.000 ms to −500 µs",
  ],
  [
    { verdict: "two", offset: -ms(4), lower: -ms(5), upper: -ms(3) },
    "two clocks",
    "the destination’s is −4.000 ms ahead; −5.000 to −3.000 ms by causality",
  ],
  [
    { verdict: "broken", lower: -ms(1), upper: -ms(2) },
    "contradictory",
    "the offset would have to be at least −1.000 ms and at most −2.000 ms",
  ],
  [{ verdict: "broken", lower: undefined }, "contradictory", "the two traces do not fit together"],
  [{ verdict: "broken", upper: undefined }, "contradictory", "the two traces do not fit together"],
])("%o: %s, %s", (clocks, verdict, why) => {
  expect(clockWords(clocksOf(clocks))).toEqual({ verdict, why });
});
