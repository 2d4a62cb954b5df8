import { describe, expect, test, vi } from "vitest";
import { destinationMarks } from "../../src/analysis/destination-marks.js";
import { type MadeRecord, recordMaker } from "../support/made-records.js";
import { eventTable, fixture, ownEvents } from "../support/recordings.js";

const newer = eventTable(fixture("other-versions", "qemu-11.1", "trace-events"));
const make = recordMaker(newer.concat(ownEvents));
const marks = (...records: MadeRecord[]) =>
  destinationMarks(make(...records)).map(({ key, start, end }) => [
    key,
    Number(start),
    Number(end),
  ]);

const type = (at: number, number: number): MadeRecord => [at, "qemu_loadvm_state_section", number];
const done = (at: number): MadeRecord => [at, "qemu_loadvm_state_section_command", 0];
const command = (at: number, name: string): MadeRecord => [at, "loadvm_process_command", name, 4];
const value = (at: number, ping: number): MadeRecord => [at, "loadvm_process_command_ping", ping];
const headed = (at: number, id: number, name: string): MadeRecord => [
  at,
  "qemu_loadvm_state_section_startfull",
  ...[id, name, 0, 1],
];
const loads = (at: number, name: string): MadeRecord => [at, "vmstate_load", name, name];

describe("where events of a destination were lost", () => {
  test("a PING's value tells of the PING whose command was lost, not of the one before", () => {
    const records = make(
      ...[type(1, 8), command(2, "PING"), value(3, 3), done(4)],
      ...[type(5, 8), value(7, 0x42), done(8)],
    );
    const told = destinationMarks(records).map(({ key, ping, start, end }) => [
      key,
      ping,
      start,
      end,
    ]);
    expect(told).toEqual([
      ["command PING", 3, 1n, 4n],
      ["command PING", 0x42, 5n, 8n],
    ]);
  });

  test("a command whose name was lost does not lengthen the one before", () => {
    const records = [type(1, 8), command(2, "OPEN_RETURN_PATH"), done(3), type(500, 8), done(501)];
    expect(marks(...records)).toEqual([
      ["command OPEN_RETURN_PATH", 1, 3],
      ["item of type 8", 500, 501],
    ]);
  });

  test("a device whose name was lost takes neither the end of the one before nor the begin of the next", () => {
    const records = [
      ...[type(1, 4), headed(2, 5, "timer"), loads(3, "timer")],
      ...[type(10, 4), loads(12, "cpu")],
      ...[headed(20, 7, "apic"), loads(21, "apic")],
    ];
    expect(marks(...records)).toEqual([
      ["section 5 timer", 1, 3],
      ["item of type 4", 10, 12],
      ["section 7 apic", 20, 21],
    ]);
  });

  test("a load of RAM tells the section whose id was lost", () => {
    const ram = (at: number): MadeRecord => [at, "vmstate_load", "ram", "(old)"];
    const records = [type(1, 1), headed(2, 9, "ram"), ram(3), type(10, 2), ram(12), type(20, 4)];
    expect(marks(...records).slice(0, 2)).toEqual([
      ["section 9 ram", 1, 3],
      ["section 9", 10, 12],
    ]);
  });
});

test("a device is loaded until its description's last word, as QEMU 11.1 says it", () => {
  const done = (at: number): MadeRecord => [at, "vmstate_load_state_success", "timer"];
  expect(marks(type(1, 4), headed(2, 5, "timer"), loads(3, "timer"), done(9))).toEqual([
    ["section 5 timer", 1, 9],
  ]);
});

test("a load does not walk all sections that were started", () => {
  const records = Array.from({ length: 1000 }, (_, index): readonly MadeRecord[] => [
    type(3 * index + 1, 1),
    headed(3 * index + 2, index, `device ${index}`),
    loads(3 * index + 3, `device ${index}`),
  ]).flat();
  const walk = vi.spyOn(Map.prototype, Symbol.iterator);
  try {
    expect(marks(...records)).toHaveLength(1000);
    expect(walk.mock.calls.length).toBeLessThan(100);
  } finally {
    walk.mockRestore();
  }
});
