import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { compareAccounts } from "../../src/analysis/compare-accounts.js";
import { compareReport } from "../../src/report/compare-text.js";
import type { EventRecord } from "../../src/traces/record.js";
import { fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";

const items = await readItems(fixture("microvm-file", "stream.bin"));
const source = readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents);
const before = analyze({ items, source });

/** As if everything from the end of the timer's save on had come 7 ms later. */
const cut = source.findIndex(
  ({ name, values }) => name === "savevm_section_end" && values[0] === "timer",
);
const slower = source.map((record, index): EventRecord => {
  const { type, name, event, pid, offset, payload, values, timestamp } = record;
  const late = index >= cut ? 7_000_000n : 0n;
  return { type, name, event, pid, offset, payload, values, timestamp: timestamp + late };
});
const comparison = compareAccounts(before, analyze({ items, source: slower }));

test("the device that got slower comes first", () => {
  const [first] = comparison.devices;
  expect(first!.name).toBe("save timer");
  expect(first!.after! - first!.before!).toBe(7_000_000n);
});

test("the totals tell by how much the whole changed", () => {
  const downtime = comparison.totals.find(({ name }) => name.includes("source measures"))!;
  expect(downtime.after! - downtime.before!).toBe(7_000_000n);
});

test("the report shows what changed, and counts what did not", () => {
  const text = compareReport(comparison, "10.1", "10.2");
  expect(text).toMatch(/^save timer +13 µs +7\.013 ms +\+7\.000 ms \(\+\d+ %\)$/m);
  expect(text).toContain("15 others changed by less than 0.1 ms");
});
