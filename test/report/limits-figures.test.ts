import { expect, test } from "vitest";
import { checkLimits } from "../../src/analysis/check-limits.js";
import { junitReport, limitCases } from "../../src/report/limits-junit.js";
import { madeDevices, microvm } from "./made-analysis.js";
import { expectFigure } from "./parsers/figure.js";
import { readJunit } from "./parsers/junit-cases.js";

/** The cases of these limits, in milliseconds. */
const junit = (analysis: typeof microvm, limits: Parameters<typeof checkLimits>[1]) =>
  readJunit(junitReport(limitCases(checkLimits(analysis, limits))));

test.each([0, 1, 79, 80, 81])(
  "JUnit has the times of %i devices, in the order of the limits",
  (count) => {
    const devices = madeDevices(count);
    const milliseconds = 0.1;
    const names = devices.map(({ name }) => name).reverse();
    const limits = Object.fromEntries(names.map((name) => [name, milliseconds]));
    const { tests, failures, cases } = junit({ ...microvm, devices }, { devices: limits });
    expect(cases.map(({ name }) => name)).toEqual(
      names.flatMap((name) => [`save of ${name}`, `load of ${name}`]),
    );
    expect(tests).toBe(2 * count);
    expect(failures).toBe(cases.filter(({ failure }) => failure !== undefined).length);
    for (const { name, failure } of cases) {
      const [what, device] = name.split(" of ") as ["save" | "load", string];
      const { [what]: took, [`${what}IsBound` as const]: isBound } = devices.find(
        (known) => known.name === device,
      )!;
      const isLonger = Number(took) > milliseconds * 1e6;
      expect(failure !== undefined).toBe(isLonger);
      if (!isLonger) continue;
      expectFigure(/([\d.]+ ms)(?: exceeds|$)/.exec(failure!)![1], took);
      expect(failure!.includes("at most")).toBe(isBound);
    }
  },
);

test("JUnit has the downtime, which nothing passes that failed", () => {
  const { guest } = microvm.downtime;
  const limit = Number(guest) / 1e6;
  expect(junit(microvm, { downtime: limit }).cases).toEqual([{ name: "downtime" }]);
  const [exceeded] = junit(microvm, { downtime: limit - 0.001 }).cases;
  expectFigure(/of ([\d.]+ ms) exceeds/.exec(exceeded!.failure!)![1], guest);
  for (const state of ["failed", "cancelled"]) {
    const outcome = { ...microvm.outcome, state };
    const [unknown] = junit({ ...microvm, outcome }, { downtime: 1e9 }).cases;
    expect(unknown!.failure).toContain("the downtime is unknown");
  }
});

test("JUnit has a device that is not in the migration as a failure", () => {
  const { failures, cases } = junit(microvm, { devices: { 'a <"&> device': 5 } });
  expect(failures).toBe(2);
  expect(cases.map(({ name }) => name)).toEqual(['save of a <"&> device', 'load of a <"&> device']);
});
