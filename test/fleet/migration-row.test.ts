import { expect, test } from "vitest";
import { migrationRow } from "../../src/fleet/migration-row.js";
import type { Recorded } from "../../src/fleet/recorded.js";
import { rowsOf, rowsOfSkipped } from "../../src/fleet/rows-of.js";
import type { EventRecord } from "../../src/traces/record.js";
import { version } from "../../src/version.js";
import {
  analysisOf,
  checkpointOf,
  clocksOf,
  deviceOf,
  itemOf,
  ms,
  roundOf,
  segmentOf,
} from "../report/empty-analysis.js";

const place = {
  ...{ recording: "abc", name: "night", folder: "/srv/night", host: "host1" },
  time: new Date("2026-11-24T10:00:00Z"),
};
const recordedOf = (
  known: Parameters<typeof analysisOf>[0],
  rest: Partial<Recorded> = {},
): Recorded => ({
  ...{ place, about: {}, account: analysisOf(known), source: [], destination: [], damage: [] },
  ...{ damaged: false, ...rest },
});
const sideOf = (expected: number, paired: number) => ({ expected, paired, strays: [] });

test("a migration of which nothing is known has no figures", () => {
  const row = migrationRow(recordedOf({}));
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
  expect(known).toEqual({
    ...{ recording: "abc", name: "night", folder: "/srv/night", time: place.time },
    ...{ qemu: "", version: "", machine: "", transport: "", capabilities: "", postcopy: false },
    ...{ status: "", items: 0, rounds: 0, damaged: false, qtrace: version },
  });
});

test("a migration of which all is known has every figure in its column", () => {
  const outcome = { state: "failed", error: "no room", failure: undefined };
  const block = (usedLength: number) => ({ name: "b", usedLength });
  const account = {
    ...{ machine: "microvm", totalBytes: 3, outcome, begin: ms(1), end: ms(5) },
    items: [
      itemOf("EOF", 0, { blocks: [block(1)] }),
      itemOf("START", 0, { type: "section-start" }),
      itemOf("START", 0, { type: "section-start", blocks: [block(100), block(20)] }),
      itemOf("START", 0, { type: "section-start", blocks: [block(7)] }),
      itemOf("RUN", 0, { type: "command", command: { name: "POSTCOPY_RUN" } }),
    ],
    rounds: [roundOf(1), roundOf(2)],
    syncs: [{ start: undefined, end: undefined, pending: undefined, dirtyPages: undefined }],
    ...{ source: sideOf(9, 8), destination: sideOf(7, 6) },
    clocks: clocksOf({ verdict: "two", offset: 44n }),
    switchoverStart: { offset: 1, sent: ms(21), received: ms(22) },
    downtime: {
      ...{ stopped: ms(11), running: ms(12), guest: ms(13), reported: ms(14) },
      guestBounds: { lower: ms(15), upper: ms(16) },
    },
  };
  const about = {
    ...{ qemu: "QEMU emulator version 10.2.2 (x)", machine: "other", transport: "tcp" },
    capabilities: ["return-path", "xbzrle"],
  };
  expect(migrationRow(recordedOf(account, { about, damaged: true }))).toEqual({
    ...{ recording: "abc", name: "night", folder: "/srv/night", time: place.time },
    ...{ qemu: "QEMU emulator version 10.2.2 (x)", version: "10.2.2", machine: "microvm" },
    ...{ transport: "tcp", capabilities: "return-path xbzrle", postcopy: true },
    ...{ status: "failed", error: "no room", memory: 120, stream_bytes: 3 },
    ...{ items: 5, rounds: 2, syncs: 1, begin_ns: ms(1), end_ns: ms(5), total_ns: ms(4) },
    ...{ stopped_ns: ms(11), running_ns: ms(12), downtime_ns: ms(13), reported_ns: ms(14) },
    ...{ downtime_least_ns: ms(15), downtime_most_ns: ms(16) },
    ...{ switchover_sent_ns: ms(21), switchover_received_ns: ms(22) },
    ...{ source_expected: 9, source_paired: 8, destination_expected: 7, destination_paired: 6 },
    ...{ clock_offset_ns: 44n, clock_verdict: "two", damaged: true, qtrace: version },
  });
});

test.each([
  [undefined, "other", "other"],
  ["microvm", undefined, "microvm"],
])(
  "the machine of a stream (%s) counts before that of recording.json (%s)",
  (machine, recorded, row) => {
    const about = recorded === undefined ? {} : { machine: recorded };
    expect(migrationRow(recordedOf({ machine }, { about })).machine).toBe(row);
  },
);

test.each([{ begin: ms(1) }, { end: ms(1) }])("no total time with only %o", (known) => {
  expect(migrationRow(recordedOf(known)).total_ns).toBeUndefined();
});

test("each table has what the analysis has, in its order", () => {
  const account = {
    rounds: [roundOf(1, { start: ms(1), end: ms(2), zeroPages: 3, pages: 4 })],
    downtime: {
      path: [segmentOf("source", "save", "vga", [1, 2]), segmentOf("wire", "wait", "x", [2, 3])],
      checkpoints: [checkpointOf("source", "a", 1), checkpointOf("destination", "b", 2)],
    },
    ...{ problems: ["p"], warnings: ["w"] },
  };
  const rows = rowsOf(recordedOf(account));
  const common = { recording: "abc" };
  expect(rows.rounds).toMatchObject([
    { ...common, number: 1, start_ns: ms(1), end_ns: ms(2), zero_pages: 3, pages: 4 },
  ]);
  expect(rows.downtime).toEqual([
    {
      ...common,
      ordinal: 0,
      side: "source",
      kind: "save",
      what: "vga",
      start_ns: ms(1),
      end_ns: ms(2),
    },
    {
      ...common,
      ordinal: 1,
      side: "wire",
      kind: "wait",
      what: "x",
      start_ns: ms(2),
      end_ns: ms(3),
    },
  ]);
  expect(rows.checkpoints).toEqual([
    { ...common, ordinal: 0, side: "source", name: "a", at_ns: ms(1) },
    { ...common, ordinal: 1, side: "destination", name: "b", at_ns: ms(2) },
  ]);
  expect(rows.problems).toEqual([
    { ...common, ordinal: 0, kind: "problem", message: "p" },
    { ...common, ordinal: 1, kind: "warning", message: "w" },
  ]);
  expect([rows.events, rows.damage, rows.devices]).toEqual([[], [], []]);
});

test("a device has a row for each side; a bound is not a time", () => {
  const postcopy = { bytes: 9, save: 5n, load: 6n };
  const devices = [
    deviceOf("vga", { offset: 3, bytes: 4, save: 1n, load: 2n, postcopy }),
    deviceOf("nic", { save: 1n, saveIsBound: true, load: 2n }),
    deviceOf("usb", { save: 1n, load: 2n, loadIsBound: true }),
  ];
  const row = (
    device: string,
    [time_ns, postcopy_ns]: readonly (bigint | undefined)[],
    side: string,
    where: object = { byte_offset: undefined, bytes: undefined },
  ) => ({
    ...{ recording: "abc", device, side, operation: side === "source" ? "save" : "load" },
    ...{ time_ns, postcopy_ns, ...where },
  });
  const vga = { byte_offset: 3, bytes: 4 };
  expect(rowsOf(recordedOf({ devices })).devices).toEqual([
    row("vga", [1n, 5n], "source", vga),
    row("vga", [2n, 6n], "destination", vga),
    row("nic", [undefined], "source"),
    row("nic", [2n], "destination"),
    row("usb", [1n], "source"),
    row("usb", [undefined], "destination"),
  ]);
});

test("events are placed on the source's clock, those without a timestamp nowhere", () => {
  const record = (name: string, timestamp: bigint) =>
    ({
      offset: 8,
      timestamp,
      name,
      event: { format: undefined },
      values: [],
    }) as unknown as EventRecord;
  const rows = rowsOf(
    recordedOf(
      { clocks: clocksOf({ verdict: "given", offset: ms(7) }) },
      {
        source: [record("a", ms(10)), record("b", ms(11)), record("a", 0n)],
        destination: [record("a", ms(10))],
      },
    ),
    (name) => name === "a",
  ).events;
  const row = { recording: "abc", byte_offset: 8, event: "a", text: "" };
  expect(rows).toEqual([
    { ...row, side: "source", at_ns: ms(10) },
    { ...row, side: "source", at_ns: undefined },
    { ...row, side: "destination", at_ns: ms(3) },
  ]);
});

test("damage has where it was, and whether the recording was left out for it", () => {
  const damage = [
    { file: "source.log", message: "cut", count: 3 },
    { file: "", message: "not there" },
  ];
  const rows = (skipped: boolean) =>
    damage.map(({ file, message, count = 1 }) => ({
      ...{ recording: "abc", name: "night", folder: "/srv/night", file, message, count, skipped },
    }));
  expect(rowsOf(recordedOf({}, { damage })).damage).toEqual(rows(false));
  expect(rowsOfSkipped(place, damage)).toEqual({ damage: rows(true) });
});
