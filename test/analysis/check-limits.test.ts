import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { checkLimits } from "../../src/analysis/check-limits.js";
import { junitReport, limitCases } from "../../src/report/limits-junit.js";
import { fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";

const account = analyze({
  items: await readItems(fixture("microvm-file", "stream.bin")),
  source: readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents),
});

test("without the destination's trace the downtime is the one that the source measures", () => {
  expect(checkLimits(account, { downtime: 5 })).toMatchObject([
    { name: "downtime", measured: 1.774157, passed: true },
  ]);
});

test("a device's limit is for its save and for its load", () => {
  expect(checkLimits(account, { devices: { cpu: 0.5 } })).toMatchObject([
    { name: "save of cpu", passed: false },
    { name: "load of cpu", measured: undefined, passed: false },
  ]);
});

test("a device that is not there fails its limit", () => {
  const results = checkLimits(account, { devices: { nvdimm: 1 } });
  expect(results.every(({ passed }) => !passed)).toBe(true);
});

test("JUnit's XML has a case a limit, and escapes names", () => {
  const xml = junitReport(
    limitCases(checkLimits(account, { downtime: 5, devices: { '<"&>': 1 } })),
  );
  expect(xml).toContain('<testsuite name="qtrace analyze" tests="3" failures="2">');
  expect(xml).toContain('<testcase classname="migration" name="downtime"/>');
  expect(xml).toContain('name="save of &#60;&#34;&#38;&#62;"');
});
