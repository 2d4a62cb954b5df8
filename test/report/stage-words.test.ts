import { expect, test } from "vitest";
import type { ClockRelation } from "../../src/analysis/relate-clocks.js";
import { stageWords } from "../../src/report/stage-words.js";
import { clocksOf, ms, requestOf } from "./empty-analysis.js";

// 1 ms there, 2 ms at the source, 3 ms back.
const request = requestOf({ faulted: 0n, received: ms(1), served: ms(3), arrived: ms(6) });
const given = clocksOf({ verdict: "given" });

test.each<
  [string, readonly ReturnType<typeof requestOf>[], ClockRelation | undefined, string | undefined]
>([
  [
    "exact clocks",
    [request],
    given,
    "2.000 ms at the source, 4.000 ms on the way there and back: 1.000 ms there, 3.000 ms back",
  ],
  [
    "bounded clocks",
    [request],
    clocksOf({ offset: 0n, lower: -ms(0.5), upper: ms(0.25) }),
    "2.000 ms at the source, 4.000 ms on the way there and back: ~1.000 ms (500 µs to 1.250 ms) there, ~3.000 ms (2.750 to 3.500 ms) back",
  ],
  [
    "no relation",
    [request],
    undefined,
    "2.000 ms at the source, 4.000 ms on the way there and back; how that divides is unknown",
  ],
  ["no request", [], given, undefined],
  ["a page on its way", [requestOf({ ...request, sentBefore: true })], given, undefined],
])("%s", (_name, requests, clocks, words) => {
  expect(stageWords({ clocks }, { requests })).toBe(words);
});
