import { describe, expect, test } from "vitest";
import { sourceMarks } from "../../src/analysis/source-marks.js";
import { type MadeRecord, recordMaker } from "../support/made-records.js";
import { ownEvents } from "../support/recordings.js";

const make = recordMaker(ownEvents);
const marks = (...records: MadeRecord[]) =>
  sourceMarks(make(...records)).map(({ key, start, end }) => [key, Number(start), Number(end)]);

const ITERATE: MadeRecord = [10, "savevm_state_iterate"];
const START: MadeRecord = [11, "savevm_section_start", "ram", 1];
const END: MadeRecord = [15, "savevm_section_end", "ram", 1, 0];
const LATER_START: MadeRecord = [21, "savevm_section_start", "ram", 1];
const LATER_END: MadeRecord = [25, "savevm_section_end", "ram", 1, 0];

describe("what a source's trace tells of the items", () => {
  test("a section lasts from its start to its end", () => {
    expect(marks(ITERATE, START, END)).toEqual([["section 1 ram", 11, 15]]);
  });

  test("a section whose start was lost began behind what was told before it", () => {
    expect(marks(ITERATE, END)).toEqual([["section 1 ram", 10, 15]]);
    expect(marks(ITERATE, START, END, LATER_END)).toEqual([
      ["section 1 ram", 11, 15],
      ["section 1 ram", 15, 25],
    ]);
  });

  test("nothing tells when a section began whose end is the first event", () => {
    expect(marks(END)).toEqual([]);
  });

  test("an end that was lost is not taken from the next section, of which it looks like one", () => {
    expect(marks(START, LATER_START, LATER_END)).toEqual([
      ["section 1 ram", 11, 11],
      ["section 1 ram", 21, 25],
    ]);
    expect(marks(START, [20, "savevm_state_iterate"], LATER_END)).toEqual([
      ["section 1 ram", 11, 11],
      ["section 1 ram", 20, 25],
    ]);
  });

  test("a PING has its value, told before the command, also where one of both was lost", () => {
    const pings = (...records: MadeRecord[]) =>
      sourceMarks(make(...records)).map(({ key, ping, start, end }) => {
        expect(key).toBe("command 2");
        return [ping, Number(start), Number(end)];
      });
    const value = (at: number, ping: number): MadeRecord => [at, "savevm_send_ping", ping];
    const command = (at: number): MadeRecord => [at, "savevm_command_send", 2, 4];
    expect(pings(value(1, 3), command(2), value(3, 0x42), command(4))).toEqual([
      [3, 1, 2],
      [0x42, 3, 4],
    ]);
    expect(pings(command(2), value(3, 0x42))).toEqual([
      [undefined, 2, 2],
      [0x42, 3, 3],
    ]);
  });
});
