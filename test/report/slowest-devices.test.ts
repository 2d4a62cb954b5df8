import { expect, test } from "vitest";
import { sentIn } from "../../src/report/sent-in.js";
import { longest, slowestFirst, timeText } from "../../src/report/slowest-devices.js";
import { deviceOf } from "./empty-analysis.js";

test("devices are in the order of the longer of save and load; equal ones keep theirs", () => {
  const devices = [
    deviceOf("unknown"),
    deviceOf("loads", { save: 1n, load: 7n }),
    deviceOf("first of two", { save: 5n }),
    deviceOf("second of two", { load: 5n }),
    deviceOf("saves", { save: 9n, load: 2n }),
  ];
  expect(devices.map(longest)).toEqual([0n, 7n, 5n, 5n, 9n]);
  expect(slowestFirst(devices).map(({ name }) => name)).toEqual([
    ...["saves", "loads", "first of two", "second of two", "unknown"],
  ]);
});

test.each([
  [undefined, false, "–"],
  [undefined, true, "–"],
  [0n, false, "0.000"],
  [1_500_000n, true, "≤ 1.500"],
])("a time of %s, a bound: %s", (time, isBound, text) => {
  expect(timeText(time, isBound)).toBe(text);
});

test.each([
  [10, undefined, true, 10],
  [10, 7, true, 10],
  [10, 12, true, 12],
  [0, 12, false, 12],
  [0, undefined, false, undefined],
])(
  "a round of %s bytes in sections, %s by the source, with a stream %s: %s",
  (bytes, transferred, streamed, sent) => {
    expect(sentIn({ bytes, transferred }, streamed)).toBe(sent);
  },
);
