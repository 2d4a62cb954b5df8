import { expect, test } from "vitest";
import type { LimitResult } from "../../src/analysis/check-limits.js";
import type { RegressionResult } from "../../src/analysis/check-regression.js";
import { junitReport, limitCases, regressionCases } from "../../src/report/limits-junit.js";

const limit = (rest: Partial<LimitResult>): LimitResult => ({
  ...{ name: "downtime", limit: 50, measured: 60, most: 61, passed: false },
  ...rest,
});

test.each([
  [{ passed: true }, undefined],
  [{}, "the downtime of 60.000 ms exceeds 50 ms"],
  [
    { measured: undefined, most: undefined },
    "the downtime is unknown, so it cannot be judged by the limit of 50 ms",
  ],
  [
    { measured: 50, most: 51.25 },
    "the downtime may exceed 50 ms: it is known only to be at most 51.250 ms",
  ],
  [
    { measured: undefined, most: 51 },
    "the downtime may exceed 50 ms: it is known only to be at most 51.000 ms",
  ],
])("of a limit %j", (rest, failure) => {
  expect(limitCases([limit(rest)])).toEqual([{ name: "downtime", failure }]);
});

const regression = (before?: number, after?: number, passed = false): RegressionResult => ({
  ...{ name: "save of ram", before, after, passed },
});

test.each([
  [regression(1, 9, true), undefined],
  [
    regression(10, 12.5),
    "the save of ram grew from 10.000 ms to 12.500 ms (+25.0 %), by more than 20 % and 2 ms",
  ],
  [regression(0, 3), "the save of ram grew from 0.000 ms to 3.000 ms, by more than 20 % and 2 ms"],
  [
    regression(undefined, 3),
    "the save of ram is unknown in the first migration, so it cannot be compared",
  ],
  [
    regression(3, undefined),
    "the save of ram is unknown in the second migration, so it cannot be compared",
  ],
  [regression(), "the save of ram is unknown in both migrations, so it cannot be compared"],
])("of a regression %j", (result, failure) => {
  expect(regressionCases([result], { percent: 20, milliseconds: 2 })).toEqual([
    { name: "regression of save of ram", failure },
  ]);
});

test("JUnit counts what failed, and escapes what XML reserves", () => {
  expect(
    junitReport([
      { name: "a", failure: undefined },
      { name: '<&>"', failure: 'b "c" < 1' },
    ]),
  ).toBe(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuite name="qtrace analyze" tests="2" failures="1">',
      '  <testcase classname="migration" name="a"/>',
      '  <testcase classname="migration" name="&#60;&#38;&#62;&#34;">',
      '    <failure message="b &#34;c&#34; &#60; 1"/>',
      "  </testcase>",
      "</testsuite>",
      "",
    ].join("\n"),
  );
});
