/** What two streams and two states differ in, by small tables. */

import { describe, expect, test } from "vitest";
import { diffItems } from "../../../src/migration/wire/diff-items.js";
import { diffStates } from "../../../src/migration/wire/diff-states.js";
import type { SectionState } from "../../../src/migration/wire/state-collector.js";
import type { StreamItem } from "../../../src/migration/wire/stream-item.js";

describe("two streams", () => {
  /** Items by letters, each of 10 bytes: small ones are parts, large ones commands. */
  const items = (letters: string): StreamItem[] =>
    Array.from(
      letters,
      (letter) =>
        (letter === letter.toLowerCase()
          ? { type: "section-part", idstr: letter, instanceId: 3, size: 10 }
          : { type: "command", command: { name: letter }, size: 10 }) as StreamItem,
    );
  const runs = (a: string, b: string) =>
    diffItems(items(a), items(b)).map(
      (run) => `${run.in} ${run.what} ${run.a.items}/${run.a.bytes} ${run.b.items}/${run.b.bytes}`,
    );

  test.each([
    ["", "", []],
    ["a", "", ["a section-part a 3 1/10 0/0"]],
    ["", "A", ["b command A 0/0 1/10"]],
    ["aab", "ab", ["both section-part a 3 2/20 1/10", "both section-part b 3 1/10 1/10"]],
    [
      "aBc",
      "ac",
      [
        "both section-part a 3 1/10 1/10",
        "a command B 1/10 0/0",
        "both section-part c 3 1/10 1/10",
      ],
    ],
    [
      "ac",
      "aBBcd",
      [
        "both section-part a 3 1/10 1/10",
        "b command B 0/0 2/20",
        "both section-part c 3 1/10 1/10",
        "b section-part d 3 0/0 1/10",
      ],
    ],
    ["a", "b", ["a section-part a 3 1/10 0/0", "b section-part b 3 0/0 1/10"]],
  ])("%j and %j", (a, b, expected) => {
    expect(runs(a, b)).toEqual(expected);
  });

  test("have other items by what they are", () => {
    const kinds = [
      { type: "configuration", machine: "pc" },
      { type: "section-full", idstr: "a", instanceId: 0 },
      { type: "section-full", idstr: "a", instanceId: 1 },
      { type: "section-start", idstr: "a", instanceId: 1 },
      { type: "eof" },
      { type: "vm-description" },
    ].map((item) => ({ ...item, size: 1 }) as unknown as StreamItem);
    expect(diffItems(kinds, []).map(({ what }) => what)).toEqual([
      "configuration pc",
      "section-full a 0",
      "section-full a 1",
      "section-start a 1",
      "eof",
      "vm-description",
    ]);
  });

  test("with more than 4000 runs alone are compared in order", () => {
    const many = (count: number) => "ab".repeat(count / 2);
    let calls = 0;
    const inOrder = () => void calls++;
    const compare = (a: string, b: string) => diffItems(items(a), items(b), inOrder);
    expect(compare(many(4000), "").length).toBe(4000);
    expect(calls).toBe(0);
    const result = compare(`x${many(4002)}`, `y${many(4002).slice(1)}`);
    expect(calls).toBe(0);
    expect(result.filter((run) => run.in !== "both").length).toBe(3);
    // Only those of the same number are next to each other.
    const shifted = compare(`c${"x".repeat(1)}${"pq".repeat(2001)}`, `c${"rs".repeat(2001)}`);
    expect(calls).toBe(1);
    expect(shifted.filter((run) => run.in === "both").map(({ what }) => what)).toEqual([
      "section-part c 3",
    ]);
    expect(shifted.length).toBe(1 + 4003 + 4002);
  });
});

describe("two states", () => {
  const field = (name: string, value: object, more: object = {}) => ({
    ...{ name, type: "t", offset: 0, size: 4, value, ...more },
  });
  const integer = (value: number | bigint) => ({ kind: "integer", value, signed: true });
  const node = (fields: object[], subsections: object[] = [], vmsdName = "v") => ({
    ...{ vmsdName, version: 1, offset: 0, size: 1, fields, subsections },
  });
  const vmstate = (state: object, more: object = {}) =>
    ({
      idstr: "d",
      instanceId: 0,
      version: 1,
      kind: "vmstate",
      size: 8,
      state,
      ...more,
    }) as SectionState;
  const compare = (a: object[], b: object[]) =>
    diffStates(a as SectionState[], b as SectionState[]).map(
      ({ device, path, a: ours, b: theirs }) => `${device} ${path}: ${ours} ${theirs}`,
    );

  test("by device, in the order of the first", () => {
    const one = vmstate(node([]));
    const other = vmstate(node([]), { idstr: "e", instanceId: 2, size: 9 });
    expect(compare([one, other], [other, vmstate(node([]), { idstr: "f" })])).toEqual([
      "d : 8 bytes undefined",
      "f : undefined 8 bytes",
    ]);
    expect(compare([other], [])).toEqual(["e[2] : 9 bytes undefined"]);
    expect(compare([one], [{ ...one, version: 2 }])).toEqual(["d (version): 1 2"]);
  });

  test("by field, whatever it holds", () => {
    const nested = { kind: "struct", value: node([field("x", integer(1))]) };
    const changed = { kind: "struct", value: node([field("x", integer(-1))]) };
    const list = (count: number, key?: object | bigint) => ({
      kind: "list",
      elements: Array.from({ length: count }, () => node([field("e", integer(5))])),
      ...(key !== undefined && { keys: Array.from({ length: count }, () => key) }),
    });
    const bytes = (text: string) => ({ bytes: Uint8Array.from(Buffer.from(text, "hex")) });
    const values: readonly (readonly [object, object, string[], object?, object?])[] = [
      [integer(1), integer(-1), ["f: 0x00000001 0xffffffff"]],
      [
        integer(1n),
        integer(2n),
        ["f: 0x0000000000000001 0x0000000000000002"],
        { size: 8 },
        { size: 8 },
      ],
      [{ kind: "boolean", value: true }, { kind: "boolean", value: false }, ["f: true false"]],
      [{ kind: "float", value: 0.5 }, { kind: "float", value: 1 }, ["f: 0.5 1"]],
      [{ kind: "timer", value: undefined }, { kind: "timer", value: 5n }, ["f: not set 5"]],
      [{ kind: "text", value: "a" }, { kind: "null" }, ["f: a NULL"]],
      [{ kind: "bytes" }, { kind: "bytes" }, ["f: 00ff 00fe"], bytes("00ff"), bytes("00fe")],
      [nested, changed, ["f.x: 0x00000001 0xffffffff"]],
      [nested, nested, []],
      [list(1), list(2), ["f: 1 elements 2 elements", "f[1].e: undefined 0x00000005"]],
      [list(1, 5n), list(1, 6n), ["f[0].key: 0x0000000000000005 0x0000000000000006"]],
      [
        list(1, node([field("k", integer(1))])),
        list(1, node([field("k", integer(2))])),
        ["f[0].key.k: 0x00000001 0x00000002"],
      ],
    ];
    for (const [ours, theirs, expected, more, other] of values)
      expect(
        compare(
          [vmstate(node([field("f", ours, more)]))],
          [vmstate(node([field("f", theirs, other)]))],
        ),
      ).toEqual(expected.map((line) => `d ${line}`));
  });

  test("by index, also of a name that comes again", () => {
    const fields = (...numbers: number[]) => [
      field("a", integer(numbers[0]!)),
      field("a", integer(numbers[1]!)),
      field("a", integer(numbers[2]!)),
      field("b", integer(numbers[3]!), { index: 7 }),
    ];
    expect(
      compare([vmstate(node(fields(1, 1, 1, 1)))], [vmstate(node(fields(2, 3, 4, 5)))]),
    ).toEqual([
      "d a: 0x00000001 0x00000002",
      "d a[1]: 0x00000001 0x00000003",
      "d a[2]: 0x00000001 0x00000004",
      "d b[7]: 0x00000001 0x00000005",
    ]);
  });

  test("by subsection", () => {
    const sub = (value: number, version = 1) => ({
      ...node([field("x", integer(value))], [], "v/s"),
      version,
    });
    expect(compare([vmstate(node([], [sub(1)]))], [vmstate(node([], [sub(2, 3)]))])).toEqual([
      "d v/s: version 1 version 3",
      "d v/s.x: 0x00000001 0x00000002",
    ]);
    expect(compare([vmstate(node([], [sub(1)]))], [vmstate(node([]))])).toEqual([
      "d v/s: version 1 undefined",
      "d v/s.x: 0x00000001 undefined",
    ]);
  });

  test("by block of memory, and by bytes where nothing describes them", () => {
    const ram = (usedLength: number) => ({
      ...{ idstr: "ram", instanceId: 0, version: 4, kind: "ram", size: 1 },
      blocks: [{ name: "pc.ram", usedLength }],
    });
    expect(compare([ram(5)], [ram(6)])).toEqual(["ram pc.ram: 5 bytes 6 bytes"]);
    const opaque = (...bytes: number[]) => ({
      ...{ idstr: "o", instanceId: 0, version: 4, kind: "opaque", size: 1 },
      ...(bytes.length > 0 && { data: Uint8Array.from(bytes) }),
    });
    expect(compare([opaque(1)], [opaque(2)])).toEqual(["o (data): 01 02"]);
    expect(compare([opaque()], [opaque(2)])).toEqual(["o (data): undefined 02"]);
    expect(compare([opaque()], [opaque()])).toEqual([]);
  });
});
