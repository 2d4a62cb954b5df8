import { expect, test } from "vitest";
import type { SectionState } from "../../src/migration/wire/state-collector.js";
import type { StateField, StateNode, StateValue } from "../../src/migration/wire/state-value.js";
import { stateSizesToText, stateToText } from "../../src/report/state-text.js";

const field = (name: string, value: StateValue, known: Partial<StateField> = {}): StateField => ({
  ...{ name, type: "", offset: 0, size: 4, value, ...known },
});
const integer = (value: number | bigint): StateValue => ({ kind: "integer", value, signed: true });
const node = (
  fields: readonly StateField[],
  subsections: readonly StateNode[] = [],
): StateNode => ({
  ...{ vmsdName: "vga/mode", version: 3, offset: 0, size: 10, fields, subsections },
});
const place = { sectionId: 3, idstr: "vga", instanceId: 0, version: 2, offset: 0, size: 90 };
const section = (known: object) => ({ ...place, ...known }) as unknown as SectionState;
const HEAD = "vga  (section 3, version 2, 90 bytes)\n";
/** The lines of a state with these fields. */
const lines = (...fields: readonly StateField[]) =>
  stateToText([section({ kind: "vmstate", state: node(fields) })]).replace(HEAD, "");

test.each<[StateValue, Partial<StateField>, string]>([
  [integer(0), {}, "0x0"],
  [integer(255), { size: 1 }, "0xff"],
  [integer(-1), { size: 1 }, "0xff (-1)"],
  [integer(-2), { size: 4 }, "0xfffffffe (-2)"],
  [integer(-1n), { size: 8 }, "0xffffffffffffffff (-1)"],
  [{ kind: "timer", value: undefined }, {}, "not set"],
  [{ kind: "timer", value: 0n }, {}, "0 ns"],
  [{ kind: "null" }, {}, "NULL"],
  [{ kind: "boolean", value: false }, {}, "false"],
  [{ kind: "float", value: 0.5 }, {}, "0.5"],
  [{ kind: "text", value: "abc" }, {}, "abc"],
  [{ kind: "bytes" }, { bytes: Uint8Array.of(0, 0) }, "2 bytes, all 0"],
  [{ kind: "bytes" }, { bytes: Uint8Array.of(0, 10) }, "00 0a"],
  [{ kind: "bytes" }, {}, "0 bytes, all 0"],
  [{ kind: "bytes" }, { bytes: new Uint8Array(32).fill(1) }, `01${" 01".repeat(31)}`],
  [{ kind: "bytes" }, { bytes: new Uint8Array(33).fill(1) }, `01${" 01".repeat(31)} … (33 bytes)`],
])("a field of %o, %o: %s", (value, known, text) => {
  expect(lines(field("x", value, known))).toBe(`  x: ${text}\n`);
});

test("an array has its length, and equal neighbours once", () => {
  const array = (name: string, ...values: readonly number[]) =>
    values.map((value, index) => field(name, integer(value), { index }));
  expect(
    lines(...array("a", 1, 0, 0, 2), ...array("b", 7), field("a", integer(9)), ...array("a", 5, 5)),
  ).toBe("  a[4]: 0x1 0x0 ×2 0x2\n  b[1]: 0x7\n  a: 0x9\n  a[2]: 0x5 ×2\n");
  const counting = (length: number) => Array.from({ length }, (_, index) => index % 2);
  expect(lines(...array("a", ...counting(16)))).toBe(`  a[16]: 0x0${" 0x1 0x0".repeat(7)} 0x1\n`);
  expect(lines(...array("a", ...counting(17)))).toBe(`  a[17]: 0x0${" 0x1 0x0".repeat(7)} 0x1 …\n`);
});

test("structs, lists and their keys are indented", () => {
  const inner = node([field("y", integer(1))]);
  const struct: StateValue = { kind: "struct", value: inner };
  expect(lines(field("s", struct))).toBe("  s:\n    y: 0x1\n");
  expect(lines(field("s", struct, { index: 0 }), field("s", { kind: "null" }, { index: 1 }))).toBe(
    "  s[0]:\n    y: 0x1\n  s[1]: NULL\n",
  );
  expect(lines(field("l", { kind: "list", elements: [inner, inner] }))).toBe(
    "  l: 2 elements\n    y: 0x1\n    y: 0x1\n",
  );
  const keys = [0x1fn, node([field("k", integer(2))])];
  expect(lines(field("t", { kind: "list", elements: [inner, inner], keys }))).toBe(
    "  t: 2 elements\n    key: 0x1f\n    y: 0x1\n    key:\n      k: 0x2\n    y: 0x1\n",
  );
});

test("subsections are below their device", () => {
  const state = node([field("x", integer(1))], [node([field("y", integer(2))])]);
  expect(stateToText([section({ kind: "vmstate", state, instanceId: 1 })])).toBe(
    "vga[1]  (section 3, version 2, 90 bytes)\n  x: 0x1\n  subsection vga/mode (version 3)\n    y: 0x2\n",
  );
});

test("RAM has its blocks; what nothing describes has its bytes; a line is between sections", () => {
  const blocks = [
    { name: "pc.ram", usedLength: 0x8000000 },
    { name: "rom", usedLength: 16, ignored: true },
  ];
  expect(
    stateToText([
      section({ kind: "ram", blocks }),
      section({ kind: "opaque", data: Uint8Array.of(1, 2) }),
      section({ kind: "opaque" }),
    ]),
  ).toBe(
    [
      `${HEAD}  pc.ram: 0x0000000008000000 bytes`,
      "  rom: 0x0000000000000010 bytes, ignored: not in the stream",
      "",
      `${HEAD}  01 02`,
      "",
      `${HEAD}  of a form of its own`,
      "",
    ].join("\n"),
  );
});

test.each([
  [undefined, ""],
  [{ config: undefined, missing: 0 }, ", without the config"],
  [{ config: 7, missing: 0 }, ", config of 7 bytes"],
  [{ config: 0, missing: 1 }, ", config of 0 bytes, 1 missing"],
])("packets of multifd channels, numbered %o", (numbered, rest) => {
  const multifd = { idstr: "vga", instanceId: 0, packets: 2, size: 50, numbered };
  expect(stateToText([section({ kind: "opaque", multifd })])).toBe(
    `${HEAD}  by multifd channels: 2 packets of device state, 50 bytes${rest}\n  of a form of its own\n`,
  );
});

test("sizes are the largest first, each with its share of all", () => {
  const state = node([], [node([])]);
  expect(
    stateSizesToText([
      section({ kind: "opaque", idstr: "small", size: 4 }),
      section({ kind: "vmstate", state, size: 9996 }),
    ]),
  ).toBe(
    // A subsection has a head of 14 bytes: its type, its name of eight with the length, its version.
    [
      "bytes    share  device",
      " 9996   99.9 %  vga",
      "   24    0.2 %    vga/mode",
      "    4    0.0 %  small",
      "10000  100.0 %  total",
      "",
    ].join("\n"),
  );
  expect(stateSizesToText([])).toBe("bytes  share  device\n    0         total\n");
});
