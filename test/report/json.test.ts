import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { jsonReport } from "../../src/report/json.js";
import { fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";

const account = analyze({
  items: await readItems(fixture("microvm-file", "stream.bin")),
  source: readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents),
});
const json = JSON.parse(jsonReport(account));

test("times are decimal strings of nanoseconds", () => {
  expect(json.downtime.reported).toBe(String(account.downtime.reported));
});

test("items have the fields of stream items --json, their label, and both pairings", () => {
  expect(json.items[3]).toMatchObject({
    offset: 176689,
    type: 8,
    command: 11,
    label: "SWITCHOVER_START",
    source: { status: "paired" },
    destination: { status: "no trace" },
  });
});
