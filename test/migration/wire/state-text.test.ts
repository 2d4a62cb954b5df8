/** States as QEMU's analyze-migration.py prints them and as JSON, by hand. */

import { describe, expect, test } from "vitest";
import type { SectionState } from "../../../src/migration/wire/state-collector.js";
import { sectionStateToJson } from "../../../src/migration/wire/state-json.js";
import { stateToQemuJson } from "../../../src/migration/wire/state-qemu-json.js";

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const node = (fields: object[], subsections: object[] = []) => ({
  ...{ vmsdName: "v", version: 2, offset: 5, size: 9, fields, subsections },
});
const field = (type: string, size: number, value: object, bytes?: string, more: object = {}) => ({
  ...{ name: "f", type, offset: 7, size, value, ...(bytes && { bytes: bytesOf(bytes) }), ...more },
});
const integer = (value: number | bigint) => ({ kind: "integer", value, signed: true });
const head = { sectionId: 3, idstr: "d", instanceId: 4, version: 2, offset: 5, size: 9 };
const section = (state: object) => ({ ...head, kind: "vmstate", state }) as unknown as SectionState;

/** What the script prints of a field. */
const printed = (one: object) =>
  (JSON.parse(stateToQemuJson([section(node([one]))])) as { "d (3)": { f: unknown } })["d (3)"].f;

describe("a field as the script prints it", () => {
  test.each([
    ["uint8", 1, integer(255), undefined, "0xff"],
    ["uint16", 2, integer(5), undefined, "0x0005"],
    ["uint32", 4, integer(0xfffffff0), undefined, "0xfffffff0"],
    ["uint32 equal", 4, integer(5), undefined, "0x00000005"],
    ["uint64", 8, integer(2n ** 64n - 1n), undefined, "0xffffffffffffffff"],
    ["int8", 1, integer(-1), undefined, "0xff (-1)"],
    ["int16", 2, integer(-2), undefined, "0xfffe (-2)"],
    ["int32", 4, integer(-1), undefined, "0xffffffff (-1)"],
    ["int32", 4, integer(1), undefined, "0x00000001"],
    ["int32 equal", 4, integer(-1), undefined, "0xffffffff (-1)"],
    ["int64", 8, integer(-1n), undefined, "0xffffffffffffffff (-1)"],
    ["int64 equal", 8, integer(0n), undefined, "0x0000000000000000"],
    // It takes these for ones with a sign.
    ["uint8 equal", 1, integer(255), undefined, "0xff (-1)"],
    ["uint16 equal", 2, integer(0x8000), undefined, "0x8000 (-32768)"],
    // As it is in the stream: the script does not know the order.
    ["int32 le", 4, integer(-2), "feffffff", "0xfeffffff (-16777217)"],
    // All else is bytes to it.
    ["uint64 equal", 8, integer(5n), undefined, "00 00 00 00 00 00 00 05"],
    ["int8 equal", 1, integer(-1), undefined, "ff"],
    ["cpsr", 4, integer(0x10), undefined, "00 00 00 10"],
    ["powered_off", 1, { kind: "boolean", value: true }, undefined, "01"],
    ["powered_off", 1, { kind: "boolean", value: false }, undefined, "00"],
    ["timer", 8, { kind: "timer", value: 1n }, "0000000000000001", "00 00 00 00 00 00 00 01"],
    ["buffer", 2, { kind: "bytes" }, "ab0c", "ab 0c"],
    ["qtailq", 1, { kind: "list", elements: [] }, "00", "00"],
    ["tmp", 1, { kind: "struct", value: node([]) }, "07", "07"],
    ["bool", 1, { kind: "boolean", value: true }, undefined, true],
    ["nullptr", 1, { kind: "null" }, "30", "nullptr"],
    [
      "struct",
      1,
      { kind: "struct", value: node([field("uint8", 1, integer(7))]) },
      undefined,
      { f: "0x07" },
    ],
    ["uint8", 2, { kind: "bytes" }, "0102", "0x0102"],
    ["uint32", 0, { kind: "bytes" }, undefined, "0x0"],
  ])("%s of %i bytes, %o", (type, size, value, bytes, expected) => {
    expect(printed(field(type, size, value, bytes))).toEqual(expected);
  });

  test("of a name that comes again is in an array", () => {
    const one = (value: number) => field("uint8", 1, integer(value));
    const other = field("uint8", 1, integer(9), undefined, { name: "g" });
    expect(printed(one(1))).toBe("0x01");
    const state = node([one(1), other, one(2), one(3)], [{ ...node([one(4)]), vmsdName: "v/s" }]);
    expect(JSON.parse(stateToQemuJson([section(state)]))).toEqual({
      "d (3)": { f: ["0x01", "0x02", "0x03"], g: "0x09", "v/s": { f: "0x04" } },
    });
  });
});

test("memory is printed by its blocks, and nothing of what is not described", () => {
  const blocks = [{ name: "pc.ram", usedLength: 2 ** 32 }];
  const ram = { ...head, idstr: "ram", kind: "ram", blocks } as SectionState;
  const opaque = { ...head, kind: "opaque", data: bytesOf("00") } as SectionState;
  expect(JSON.parse(stateToQemuJson([ram, opaque]))).toEqual({
    "ram (3)": { "section sizes": { "pc.ram": "0x0000000100000000" } },
    "d (3)": "",
  });
});

describe("a section as JSON", () => {
  const place = { section: 3, idstr: "d", instance: 4, version: 2, offset: 5, size: 9 };
  const values = (one: object) => {
    const { state } = sectionStateToJson(section(node([one])));
    return state!.fields[0]!.value;
  };

  test.each([
    [integer(-1), undefined, -1],
    [integer(2n ** 63n), undefined, "9223372036854775808"],
    [{ kind: "timer", value: 5n }, "00", "5"],
    [{ kind: "timer", value: undefined }, "00", null],
    [{ kind: "float", value: 1.5 }, "00", 1.5],
    [{ kind: "float", value: Number.NaN }, "00", "NaN"],
    [{ kind: "float", value: Number.NEGATIVE_INFINITY }, "00", "-Infinity"],
    [{ kind: "boolean", value: false }, undefined, false],
    [{ kind: "text", value: "x" }, "00", "x"],
    [{ kind: "null" }, "30", null],
    [{ kind: "bytes" }, "00ff", "00ff"],
    [
      { kind: "struct", value: node([]) },
      undefined,
      { vmsd: "v", version: 2, size: 9, fields: [] },
    ],
    [
      { kind: "list", elements: [node([])] },
      "00",
      [{ vmsd: "v", version: 2, size: 9, fields: [] }],
    ],
    [
      { kind: "list", elements: [node([]), node([])], keys: [5n, node([])] },
      "00",
      [
        { key: "5", value: { vmsd: "v", version: 2, size: 9, fields: [] } },
        {
          key: { vmsd: "v", version: 2, size: 9, fields: [] },
          value: { vmsd: "v", version: 2, size: 9, fields: [] },
        },
      ],
    ],
  ])("has the value %o", (value, bytes, expected) => {
    expect(values(field("t", 1, value, bytes))).toEqual(expected);
  });

  test("has fields with their places, and subsections", () => {
    const fields = [
      field("uint8", 1, integer(1)),
      field("uint8", 1, integer(2), undefined, { index: 0 }),
    ];
    const subsection = { ...node([]), vmsdName: "v/s" };
    const common = { name: "f", type: "uint8", offset: 7, size: 1 };
    expect(sectionStateToJson(section(node(fields, [subsection])))).toEqual({
      ...{ ...place, kind: "vmstate" },
      state: {
        ...{ vmsd: "v", version: 2, size: 9 },
        fields: [
          { ...common, value: 1 },
          { ...common, index: 0, value: 2 },
        ],
        subsections: [{ vmsd: "v/s", version: 2, size: 9, fields: [] }],
      },
    });
  });

  test.each<readonly [section: object, json: object]>([
    [
      {
        kind: "ram",
        blocks: [
          { name: "a", usedLength: 5 },
          { name: "b", usedLength: 6, ignored: true },
        ],
      },
      {
        kind: "ram",
        blocks: [
          ["a", 5],
          ["b", 6],
        ],
        ignored: ["b"],
      },
    ],
    [
      { kind: "ram", blocks: [] },
      { kind: "ram", blocks: [] },
    ],
    [
      { kind: "opaque", data: bytesOf("0aff") },
      { kind: "opaque", data: "0aff" },
    ],
    [{ kind: "opaque" }, { kind: "opaque" }],
    [
      { kind: "opaque", multifd: { packets: 3, size: 40 } },
      { kind: "opaque", multifd: { packets: 3, size: 40 } },
    ],
    [
      {
        kind: "opaque",
        multifd: { packets: 3, size: 40, numbered: { config: undefined, missing: 0 } },
      },
      { kind: "opaque", multifd: { packets: 3, size: 40, missing: 0 } },
    ],
    [
      { kind: "opaque", multifd: { packets: 3, size: 40, numbered: { config: 7, missing: 1 } } },
      { kind: "opaque", multifd: { packets: 3, size: 40, config: 7, missing: 1 } },
    ],
  ])("%o", (one, json) => {
    expect(sectionStateToJson({ ...head, ...one } as SectionState)).toEqual({ ...place, ...json });
  });
});
