import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { decodeState } from "../../../src/migration/wire/decode-state.js";
import { StateCollector } from "../../../src/migration/wire/state-collector.js";
import { sectionStateToJson } from "../../../src/migration/wire/state-json.js";
import { stateToQemuJson } from "../../../src/migration/wire/state-qemu-json.js";
import type { StateValue } from "../../../src/migration/wire/state-value.js";
import { parseVmDescription } from "../../../src/migration/wire/vm-description.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith, sharedPath } from "../../support/tools.js";
import { bytesOf } from "./bytes.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

async function stateOf(name: string): Promise<StateCollector> {
  const { bytes, description } = await readRecording(name);
  const collector = new StateCollector();
  const options = { keepData: true, ...(description && { description }) };
  for (const item of walk(bytes, options).items) collector.add(item);
  return collector;
}

describeWith(["shared"], "the state of real machines", () => {
  test.each(["microvm-file", "virt-aarch64-file"])(
    "%s is what QEMU's script prints",
    async (name) => {
      const printed = readFileSync(sharedPath("recordings", name, "state.json"), "utf8");
      expect(`${stateToQemuJson((await stateOf(name)).sections())}\n`).toBe(printed);
    },
  );

  test.each(RECORDINGS)("%s: all bytes of a device belong to a field", async (name) => {
    for (const section of (await stateOf(name)).sections()) {
      if (section.kind === "vmstate") expect(section.state.size).toBe(section.size);
    }
  });

  test("without a description, the bytes are what there is", async () => {
    const kinds = (await stateOf("q35-postcopy")).sections().map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["ram", "opaque"]));
  });
});

/** The value of a field of that type. */
function decoded(field: object, hex: string): StateValue {
  const data = bytesOf(hex);
  const json = { vmsd_name: "d", version: 1, fields: [{ name: "f", size: data.length, ...field }] };
  const text = JSON.stringify({
    page_size: 4096,
    devices: [{ name: "d", instance_id: 0, ...json }],
  });
  return decodeState(data, parseVmDescription(text).devices[0]!).fields[0]!.value;
}

describe("a field of type", () => {
  test.each([
    ["int8", "ff", -1],
    ["int16", "fffe", -2],
    ["int32", "80000000", -0x80000000],
    ["int64", "ffffffffffffffff", -1n],
    ["uint8", "ff", 255],
    ["uint16", "fffe", 0xfffe],
    ["uint32", "80000000", 0x80000000],
    ["uint64", "ffffffffffffffff", 0xffff_ffff_ffff_ffffn],
    ["int32 le", "feffffff", -2],
    ["int8 equal", "ff", -1],
    ["uint8 equal", "ff", 255],
    ["int16 equal", "ffff", -1],
    ["uint16 equal", "ffff", 0xffff],
    ["int32 equal", "ffffffff", -1],
    ["uint32 equal", "ffffffff", 0xffff_ffff],
    ["int64 equal", "ffffffffffffffff", -1n],
    ["uint64 equal", "ffffffffffffffff", 0xffff_ffff_ffff_ffffn],
    ["cpsr", "400001d3", 0x400001d3],
    ["fpscr", "00000010", 16],
  ])("%s", (type, hex, value) => {
    const signed = type.startsWith("int");
    expect(decoded({ type }, hex)).toEqual({ kind: "integer", value, signed });
  });

  test.each([
    ["bool", "01", { kind: "boolean", value: true }],
    ["bool", "00", { kind: "boolean", value: false }],
    ["powered_off", "01", { kind: "boolean", value: true }],
    ["float64", "3ff8000000000000", { kind: "float", value: 1.5 }],
    ["timer", "00000000000003e8", { kind: "timer", value: 1000n }],
    ["timer", "ffffffffffffffff", { kind: "timer", value: undefined }],
    ["nullptr", "30", { kind: "null" }],
    ["nullptr", "31", { kind: "bytes" }],
    ["capability", "03 616263", { kind: "text", value: "abc" }],
    ["buffer", "010203", { kind: "bytes" }],
    ["unused_buffer", "000000", { kind: "bytes" }],
    ["bitmap", "0000000000000001", { kind: "bytes" }],
    ["gtree", "00000000 00", { kind: "list", elements: [], keys: [] }],
    ["gtree", "00000001 00", { kind: "bytes" }],
    ["msix state", "00", { kind: "bytes" }],
    ["uint32", "0001", { kind: "bytes" }],
    ["qtailq", "00", { kind: "list", elements: [] }],
  ])("%s of %s", (type, hex, value) => {
    expect(decoded({ type }, hex)).toEqual(value);
  });

  const inner = { vmsd_name: "e", version: 1, fields: [{ name: "x", type: "uint16", size: 2 }] };
  const x = (value: number) => ({ name: "x", value: { kind: "integer", value } });

  test("struct", () => {
    const value = decoded({ type: "struct", struct: inner }, "0102");
    expect(value).toMatchObject({ kind: "struct", value: { fields: [x(0x102)] } });
  });

  test("tmp, whose vmstate stands in the field itself", () => {
    expect(decoded({ type: "tmp", ...inner }, "0102")).toMatchObject({
      kind: "struct",
      value: { vmsdName: "e", fields: [x(0x102)] },
    });
  });

  /** As QEMU writes elements: the members of each one's vmstate, all in the field itself. */
  function decodedList(type: string, hex: string, ...states: object[]): StateValue {
    const members = states.map((state) => JSON.stringify(state).slice(1, -1)).join(", ");
    const data = bytesOf(hex);
    const field = `{"name": "f", "type": "${type}", ${members}, "size": ${data.length}}`;
    const device = `"name": "d", "instance_id": 0, "vmsd_name": "d", "version": 1`;
    const text = `{"page_size": 4096, "devices": [{${device}, "fields": [${field}]}]}`;
    return decodeState(data, parseVmDescription(text).devices[0]!).fields[0]!.value;
  }

  const more = { vmsd_name: "s", version: 2, fields: [{ name: "y", type: "uint8", size: 1 }] };
  const withMore = { ...inner, subsections: [more] };

  test.each(["qtailq", "qlist"])("%s, a byte of 1 before each element", (type) => {
    expect(decodedList(type, "01 0007 01 0008 00", inner, inner)).toMatchObject({
      kind: "list",
      elements: [
        { fields: [x(7)], offset: 1 },
        { fields: [x(8)], offset: 4 },
      ],
    });
    expect(decodedList(type, "01 0007 02 0008 00", inner, inner)).toEqual({ kind: "bytes" });
    expect(decodedList(type, "01 0007 01 0008 00", inner)).toEqual({ kind: "bytes" });
  });

  test("a list of elements of which one has a subsection", () => {
    const hex = "01 0007 01 0008 05 01 73 00000002 09 00";
    expect(decodedList("qlist", hex, inner, withMore)).toMatchObject({
      kind: "list",
      elements: [
        { fields: [x(7)], subsections: [] },
        { fields: [x(8)], subsections: [{ vmsdName: "s", fields: [{ value: { value: 9 } }] }] },
      ],
    });
  });

  test("gtree with keys that are integers, or vmstates", () => {
    const direct = "00000002 01 0000000000000005 0007 01 0000000000000006 0008 00";
    expect(decodedList("gtree", direct, inner, inner)).toMatchObject({
      keys: [5n, 6n],
      elements: [{ fields: [x(7)] }, { fields: [x(8)] }],
    });
    expect(decodedList("gtree", "00000001 01 0005 0007 00", inner, inner)).toMatchObject({
      keys: [{ fields: [x(5)] }],
      elements: [{ fields: [x(7)], offset: 7 }],
    });
  });
});

describe("the state as QEMU's script prints it", () => {
  /** Of a device with these fields. */
  function printed(data: string, ...fields: object[]): unknown {
    const device = { name: "d", instance_id: 0, vmsd_name: "d", version: 1, fields };
    const text = JSON.stringify({ page_size: 4096, devices: [device] });
    const state = decodeState(bytesOf(data), parseVmDescription(text).devices[0]!);
    const place = { sectionId: 9, idstr: "d", instanceId: 0, version: 1, offset: 0, size: 0 };
    return JSON.parse(stateToQemuJson([{ ...place, kind: "vmstate", state }]))["d (9)"];
  }

  test("a compressed array and single elements of the same name are one array", () => {
    const element = { name: "a", type: "uint8", size: 1 };
    const fields = [
      { ...element, index: 0 },
      { name: "a", index: 1, type: "nullptr", size: 1 },
    ];
    expect(printed("01 30 02 02", ...fields, { ...element, array_len: 2 })).toEqual({
      a: ["0x01", "nullptr", "0x02", "0x02"],
    });
  });

  test("an array of one element is no array", () => {
    const field = { name: "a", array_len: 1, type: "uint8", size: 1 };
    expect(printed("01", field)).toEqual({ a: "0x01" });
  });

  test("keys that look like numbers stay where they are", () => {
    const fields = ["10", "9"].map((name) => ({ name, type: "bool", size: 1 }));
    expect(Object.entries(printed("01 00", ...fields) as object)).toEqual([
      ["9", false],
      ["10", true],
    ]);
  });
});

test("the state as JSON: 64 bits are decimal strings, bytes are digits", () => {
  const writer = new ByteWriter("big").u64(2n ** 63n).bytes(bytesOf("ffffffffffffffff 0a0b"));
  const fields = [
    { name: "a", type: "uint64", size: 8 },
    { name: "b", type: "timer", size: 8 },
    { name: "c", type: "buffer", size: 2 },
  ];
  const device = { name: "d", instance_id: 0, vmsd_name: "d", version: 1, fields };
  const text = JSON.stringify({ page_size: 4096, devices: [device] });
  const state = decodeState(writer.take(), parseVmDescription(text).devices[0]!, 100);
  const place = { sectionId: 9, idstr: "d", instanceId: 0, version: 1, offset: 100, size: 18 };
  expect(sectionStateToJson({ ...place, kind: "vmstate", state }).state).toEqual({
    vmsd: "d",
    version: 1,
    size: 18,
    fields: [
      { name: "a", type: "uint64", offset: 100, size: 8, value: "9223372036854775808" },
      { name: "b", type: "timer", offset: 108, size: 8, value: null },
      { name: "c", type: "buffer", offset: 116, size: 2, value: "0a0b" },
    ],
  });
});
