import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.js";
import { buildPageData } from "../../../src/report/html/build-page-data.js";
import { readPageModel } from "../../../src/report/html/page/page-model.js";
import { fixture, ownEvents, readItems, readRecords } from "../../support/recordings.js";

const source = readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents);
const account = analyze({ items: await readItems(fixture("microvm-file", "stream.bin")), source });
const evidence = {
  source: {
    count: source.length,
    at: (index: number) => source[index]!.timestamp,
    name: (index: number) => source[index]!.name,
    text: (index: number) => source[index]!.values.join(" "),
  },
};
const model = readPageModel(JSON.parse(JSON.stringify(buildPageData(account, evidence))));

test("the page reads the items that the report wrote", () => {
  expect(model.labels).toEqual(account.items.map(({ label }) => label));
  expect([...model.offsets]).toEqual(account.items.map(({ item }) => item.offset));
  expect(model.sizes).toEqual(account.items.map(({ item }) => item.size));
});

test("times are nanoseconds since the migration began", () => {
  const starts = account.items.map(({ source: pairing }) =>
    pairing.status === "paired" ? Number(pairing.start - account.begin!) : Number.NaN,
  );
  expect([...model.source.start]).toEqual(starts);
});

test("a side without a trace has no times, and says so", () => {
  expect(model.destination.statuses).toMatch(/^n+$/);
  expect([...model.destination.start].every(Number.isNaN)).toBe(true);
});

test("a section's events are those within its time", () => {
  const item = model.labels.indexOf("serial FULL");
  const { events, firstEvent } = model.source;
  const from = firstEvent[item]!;
  const names = events!.names.slice(from, from + events!.kept[item]!).map(model.text);
  expect(names[0]).toBe("savevm_section_start");
  expect(names.at(-1)).toBe("savevm_section_end");
  expect(events!.counts[item]).toBe(names.length);
});

test("a device's state is told by the stream's description", () => {
  const rows = model.state(model.labels.indexOf("serial FULL"));
  expect(
    rows.map(([depth, name, type]) => [depth, model.text(name), model.text(type)]),
  ).toContainEqual([1, "divider", "uint16"]);
});

test("bytes over time are drawn where something tells them: without a stream, only what was sent", () => {
  expect(model.bytes.map(({ name }) => name)).toEqual(["sent, at least and at most"]);
  const destination = readRecords(fixture("microvm-file", "destination.simpletrace"), ownEvents);
  const names = (inputs: Parameters<typeof analyze>[0]) =>
    buildPageData(analyze(inputs), {}).bytes.map(({ name }) => name);
  expect(names({ items: account.items.map(({ item }) => item), source, destination })).toEqual([
    "sent, at least and at most",
    "read by the destination",
  ]);
  expect(names({ destination })).toEqual([]);
});
