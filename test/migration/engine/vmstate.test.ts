import { describe, expect, test } from "vitest";
import { ByteWindow } from "../../../src/bytes/byte-window.js";
import type {
  DeviceState,
  VmStateDescription,
} from "../../../src/migration/engine/vmstate-description.js";
import {
  bitmap,
  buffer,
  equal,
  lengthIn,
  scalar,
  scalarArray,
  since,
  struct,
  structArray,
  unused,
  when,
} from "../../../src/migration/engine/vmstate-fields.js";
import { loadVmState } from "../../../src/migration/engine/vmstate-load.js";
import { vmStateSize, walkVmState } from "../../../src/migration/wire/vmstate-by-description.js";
import { load, save } from "./vmstate-bytes.js";

const POINT: VmStateDescription = {
  name: "point",
  version: 1,
  fields: [scalar("int16", "x"), scalar("int16", "y")],
};

describe("fields", () => {
  test.each([
    ["bool", true, "01"],
    ["int8", -2, "fe"],
    ["int16", -2, "fffe"],
    ["int32", -2, "fffffffe"],
    ["int64", -2n, "fffffffffffffffe"],
    ["uint8", 254, "fe"],
    ["uint16", 65534, "fffe"],
    ["uint32", 0xfffffffe, "fffffffe"],
    ["uint64", 0xfffffffffffffffen, "fffffffffffffffe"],
    ["int32 le", -2, "feffffff"],
    ["float64", 1.5, "3ff8000000000000"],
    ["timer", 1000n, "00000000000003e8"],
    ["timer", undefined, "ffffffffffffffff"],
  ] as const)("%s %s", (type, value, hex) => {
    const description = { name: "d", version: 1, fields: [scalar(type, "field")] };
    const { bytes, described } = save(description, { field: value });
    expect(Buffer.from(bytes).toString("hex")).toBe(hex);
    expect(described.fields).toEqual([{ name: "field", type, size: hex.length / 2 }]);
    expect(load(description, bytes, { field: 0 })).toEqual({ field: value });
  });

  test("arrays, buffers, bitmaps, structs: as they were, and as described", () => {
    const description: VmStateDescription = {
      name: "d",
      version: 1,
      fields: [
        scalarArray("uint16", "array", 3),
        buffer("buffer", 2),
        unused(3),
        bitmap("bitmap", 70),
        struct("struct", POINT),
        structArray("structs", POINT, 2),
      ],
    };
    const state = {
      array: [1, 2, 3],
      buffer: Uint8Array.of(4, 5),
      bitmap: Uint8Array.from({ length: 16 }, (_, index) => index),
      struct: { x: 6, y: 7 },
      structs: [
        { x: 8, y: 9 },
        { x: 10, y: 11 },
      ],
    };
    const { bytes, described } = save(description, state);
    const points = {
      structs: [
        { x: 0, y: 0 },
        { x: 0, y: 0 },
      ],
      struct: { x: 0, y: 0 },
    };
    expect(load(description, bytes, points)).toEqual(state);
    expect(Buffer.from(bytes.subarray(11, 27)).toString("hex")).toBe(
      "07060504030201000f0e0d0c0b0a0908",
    );
    expect(vmStateSize(described)).toBe(bytes.length);
    expect(() => walkVmState(new ByteWindow("big", bytes), described)).not.toThrow();
    expect(
      described.fields.map(({ name, type, arrayLength }) => [name, type, arrayLength]),
    ).toEqual([
      ["array", "uint16", 3],
      ["buffer", "buffer", undefined],
      ["unused", "unused_buffer", undefined],
      ["bitmap", "bitmap", undefined],
      ["struct", "struct", undefined],
      ["structs", "struct", 2],
    ]);
  });

  test("structs that may differ in form are described one by one", () => {
    const part = {
      name: "part",
      version: 1,
      fields: [scalar("uint8", "kind")],
      subsections: [
        {
          name: "part/more",
          version: 1,
          fields: [scalar("uint32", "more")],
          needed: ({ kind }: DeviceState) => kind === 1,
        },
      ],
    };
    const description = { name: "d", version: 1, fields: [structArray("parts", part, 2)] };
    const state = {
      parts: [
        { kind: 0, more: 0 },
        { kind: 1, more: 7 },
      ],
    };
    const { bytes, described } = save(description, state);
    expect(described.fields).toMatchObject([
      { index: 0, size: 1 },
      // QEMU leaves the last one's index out.
      { size: 1 + 6 + 9 + 4 },
    ]);
    expect(vmStateSize(described)).toBe(bytes.length);
    expect(
      load(description, bytes, {
        parts: [
          { kind: 9, more: 0 },
          { kind: 9, more: 0 },
        ],
      }),
    ).toEqual(state);
  });

  test("a value that a field cannot hold", () => {
    const of = (field: VmStateDescription["fields"][number], state: DeviceState) => () =>
      save({ name: "d", version: 1, fields: [field] }, state);
    expect(of(scalar("uint64", "a"), { a: 1 })).toThrow("field a: 1 is no bigint");
    expect(of(scalarArray("uint8", "a", 2), { a: [1] })).toThrow("field a has no array of 2");
    expect(of(buffer("a", 2), { a: new Uint8Array(3) })).toThrow("no Uint8Array of 2 bytes");
    expect(of(struct("a", POINT), {})).toThrow("field a has no struct");
  });
});

test("elements without a byte, as many as a stream likes, keep nobody busy", () => {
  let conditions = 0;
  const element = {
    name: "element",
    version: 1,
    fields: [when(() => conditions++ === 0, scalar("uint8", "value"))],
  };
  const fields = [scalar("uint32", "count"), structArray("all", element, lengthIn("count"))];
  const bytes = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1);
  expect(() => load({ name: "many", version: 1, fields }, bytes, {})).toThrow(
    "field all has more than 65536 elements without a byte",
  );
});

describe("versions", () => {
  const description: VmStateDescription = {
    name: "d",
    version: 3,
    minimumVersion: 2,
    fields: [scalar("uint8", "old"), since(3, scalar("uint8", "new"))],
  };

  test("an older one lacks fields that came later", () => {
    expect(load(description, Uint8Array.of(1), { old: 0, new: 9 }, { version: 2 })).toEqual({
      old: 1,
      new: 9,
    });
  });

  test.each([
    [4, 'version 4 of vmstate "d" is too new: 2 to 3 are known'],
    [1, 'version 1 of vmstate "d" is too old: 2 to 3 are known'],
  ])("%i", (version, message) => {
    expect(() => load(description, Uint8Array.of(1, 2), {}, { version })).toThrow(message);
  });

  test("a field that only its own condition decides on", () => {
    const exists = (state: DeviceState) => state.has === true;
    const fields = [scalar("bool", "has"), { ...scalar("uint8", "value"), exists }];
    const conditional = { name: "d", version: 1, fields };
    expect(save(conditional, { has: false, value: 1 }).bytes).toEqual(Uint8Array.of(0));
    expect(load(conditional, Uint8Array.of(1, 7), {})).toEqual({ has: true, value: 7 });
  });
});

describe("subsections", () => {
  const description: VmStateDescription = {
    name: "d",
    version: 1,
    fields: [scalar("uint8", "base")],
    subsections: [
      {
        name: "d/more",
        version: 2,
        fields: [scalar("uint16", "more")],
        needed: ({ more }) => more !== 0,
      },
    ],
  };

  test("are sent only where they are needed", () => {
    expect(save(description, { base: 1, more: 0 }).bytes).toEqual(Uint8Array.of(1));
    const { bytes, described } = save(description, { base: 1, more: 5 });
    expect(load(description, bytes, { base: 0, more: 0 })).toEqual({ base: 1, more: 5 });
    expect(described.subsections).toMatchObject([{ vmsdName: "d/more", version: 2 }]);
  });

  test("that are unknown are refused", () => {
    const { bytes } = save(description, { base: 1, more: 5 });
    expect(() => load({ ...description, subsections: [] }, bytes, {})).toThrow(
      'unknown subsection "d/more"',
    );
  });

  test("of a vmstate further out are left to it", () => {
    const inner = { name: "a struct with a long name", version: 1, fields: [] };
    const outer = { ...description, fields: [scalar("uint8", "base"), struct("inner", inner)] };
    const { bytes } = save(outer, { base: 1, more: 5, inner: {} });
    expect(load(outer, bytes, { inner: {} })).toEqual({ base: 1, more: 5, inner: {} });
  });
});

describe("what a device does itself", () => {
  test("preSave, preLoad and postLoad see the state at their time", () => {
    const seen: unknown[] = [];
    const description: VmStateDescription = {
      name: "d",
      version: 1,
      fields: [scalar("uint8", "value")],
      preSave: (state) => {
        state.value = 7;
      },
      preLoad: ({ value }) => seen.push(value),
      postLoad: ({ value }, version) => seen.push([value, version]),
    };
    load(description, save(description, { value: 0 }).bytes, { value: 1 });
    expect(seen).toEqual([1, [7, 1]]);
  });

  test("a value that differs from what both ends must have in common", () => {
    const description = { name: "d", version: 1, fields: [equal("uint8", "ports")] };
    const { bytes, described } = save(description, { ports: 4 });
    expect(described.fields[0]!.type).toBe("uint8 equal");
    expect(() => load(description, bytes, { ports: 2 })).toThrow("field ports is 4, but here 2");
  });

  test("bytes that end too early: the path names the field", () => {
    const window = new ByteWindow("big", Uint8Array.of(1));
    window.end();
    const steps = loadVmState(window, POINT, {}, 1);
    expect(() => steps.next()).toThrow("in field x");
  });
});
