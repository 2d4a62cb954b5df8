/** The small parts of reading a stream, each by a table. */

import { describe, expect, test } from "vitest";
import { channelKind, startsRequestedPages } from "../../../src/migration/wire/channel-kind.js";
import {
  commandLength,
  commandName,
  commandNumber,
} from "../../../src/migration/wire/command-table.js";
import { HeldBytes } from "../../../src/migration/wire/held-bytes.js";
import { hexInteger, hexOf } from "../../../src/migration/wire/hex.js";
import { KnownBlocks } from "../../../src/migration/wire/known-blocks.js";
import { isNewer, machineVersion } from "../../../src/migration/wire/machine-version.js";
import { mappedPages } from "../../../src/migration/wire/mapped-pages.js";
import { MultifdDeviceStates } from "../../../src/migration/wire/multifd-device-states.js";
import { printOrderedJson } from "../../../src/migration/wire/ordered-json.js";
import { PageCounts } from "../../../src/migration/wire/page-counts.js";
import { RoundCounter } from "../../../src/migration/wire/ram-rounds.js";
import { isResumedStream, resumedSection } from "../../../src/migration/wire/resumed-stream.js";
import type { SectionState } from "../../../src/migration/wire/state-collector.js";
import { stateSizes } from "../../../src/migration/wire/state-sizes.js";
import { teeRamSink } from "../../../src/migration/wire/tee-ram-sink.js";
import { pick, seededRandom } from "../../support/random.js";
import { bytesOf } from "./bytes.js";

describe("the kind of a channel", () => {
  test.each([
    ["5145564d 00000003", "main"],
    ["5145564d", "main"],
    ["514556", "main"],
    ["5145564e", "other"],
    ["5145", "main"],
    ["08000a", "resumed"],
    ["08000a 0002", "resumed"],
    ["08000b", "other"],
    ["09000a", "other"],
    ["08010a", "other"],
    ["0800", "other"],
    ["11223344 00000001", "multifd"],
    ["11223344", "multifd"],
    ["1122", "multifd"],
    ["11223345", "other"],
    ["12223344", "other"],
    ["00000000 00000008", "other"],
  ])("that begins with %s is %s", (head, kind) => {
    expect(channelKind(bytesOf(head))).toBe(kind);
  });

  test.each([
    ["00000000 00001008", true],
    ["00000000 00001002", true],
    ["00000000 00000010", true],
    ["00000001 fffff008 04", true],
    ["00000000 00001028", false],
    ["00000000 0000100a", false],
    ["00000000 00001000", false],
    ["00000000 00001108", false],
    ["00000000 00001208", false],
    ["00000000 000010", false],
  ])("%s can start a channel for requested pages: %s", (head, starts) => {
    expect(startsRequestedPages(bytesOf(head))).toBe(starts);
  });

  test("a resumed stream starts with RECV_BITMAP, and continues with ram alone", () => {
    expect(isResumedStream(bytesOf("08000a"))).toBe(true);
    expect(isResumedStream(bytesOf("0800"))).toBe(false);
    expect(resumedSection(7)).toEqual({ sectionId: 7, idstr: "ram", instanceId: 0, version: 4 });
  });
});

/** QEMU migration/savevm.c: mig_cmd_args. */
test.each([
  [1, "OPEN_RETURN_PATH", 0],
  [2, "PING", 4],
  [3, "POSTCOPY_ADVISE", undefined],
  [4, "POSTCOPY_LISTEN", 0],
  [5, "POSTCOPY_RUN", 0],
  [6, "POSTCOPY_RAM_DISCARD", undefined],
  [7, "PACKAGED", 4],
  [8, "ENABLE_COLO", 0],
  [9, "POSTCOPY_RESUME", 0],
  [10, "RECV_BITMAP", undefined],
  [11, "SWITCHOVER_START", 0],
] as const)("command %i is %s, of %s bytes", (number, name, length) => {
  expect([commandName(number), commandNumber(name), commandLength(name)]).toEqual([
    ...[name, number, length],
  ]);
});

test("other commands are not known", () => {
  expect([commandName(0), commandName(12)]).toEqual([undefined, undefined]);
});

test.each([
  ["pc-q35-9.2", [9, 2]],
  ["virt-10.0", [10, 0]],
  ["pc-i440fx-2.12", [2, 12]],
  ["s390-ccw-virtio-8.1", [8, 1]],
  ["pc", undefined],
  ["microvm", undefined],
  ["pc-q35-9", undefined],
  ["pc-q35-9.2-x", undefined],
  ["pc-q35-9.2.1", undefined],
  ["pc9.2", undefined],
])("the version of the machine %s is %s", (machine, version) => {
  expect(machineVersion(machine)).toEqual(version);
});

test.each([
  [[9, 2], [9, 1], true],
  [[9, 2], [9, 2], false],
  [[9, 1], [9, 2], false],
  [[10, 0], [9, 2], true],
  [[9, 2], [10, 0], false],
  [[9, 0], [8, 5], true],
] as const)("%j is newer than %j: %s", (one, other, newer) => {
  expect(isNewer(one, other)).toBe(newer);
});

test.each([
  [0, 1, "0x00"],
  [255, 1, "0xff"],
  [-1, 1, "0xff"],
  [-128, 1, "0x80"],
  [-2, 2, "0xfffe"],
  [-1, 4, "0xffffffff"],
  [5, 4, "0x00000005"],
  [-1, 8, "0xffffffffffffffff"],
  [-1n, 8, "0xffffffffffffffff"],
  [-1n, 4, "0xffffffff"],
  [2n ** 64n - 1n, 8, "0xffffffffffffffff"],
  [5n, 8, "0x0000000000000005"],
])("the integer %s in %i bytes is %s", (value, size, text) => {
  expect(hexInteger(value, size)).toBe(text);
});

test("bytes are pairs of digits", () => {
  expect(hexOf(Uint8Array.of())).toBe("");
  expect(hexOf(Uint8Array.of(0, 15, 16, 255))).toBe("000f10ff");
  expect(hexOf(Uint8Array.of(0, 15, 16), " ")).toBe("00 0f 10");
});

test("JSON with the order of its keys, as Python's json.dumps prints it", () => {
  const value = new Map<string, never>(
    Object.entries({ b: 1, 'a"\n': [true, null, "é\u{1f600}\x7f"], empty: [] }) as never,
  );
  (value as Map<string, unknown>).set("10", new Map()).set("9", new Map([["x", "~ !#[]^"]]));
  expect(printOrderedJson(value, 4)).toBe(
    String.raw`{
    "b": 1,
    "a\"\n": [
        true,
        null,
        "\u00e9\ud83d\ude00${"\x7f"}"
    ],
    "empty": [],
    "10": {},
    "9": {
        "x": "~ !#[]^"
    }
}`,
  );
  expect(printOrderedJson(new Map(), 4)).toBe("{}");
  expect(printOrderedJson(["\\", "/"], 0)).toBe('[\n"\\\\",\n"/"\n]');
});

test("pages are counted, whatever their numbers", () => {
  const random = seededRandom(61);
  const counts = new PageCounts();
  const truth = new Map<number, number>();
  for (let run = 0; run < 2000; run++) {
    const page = pick(random, [0, 1, 4095, 4096, 4097, 2 ** 33, random(20_000)]);
    truth.set(page, (truth.get(page) ?? 0) + 1);
    expect(counts.increment(page)).toBe(truth.get(page));
  }
  const sorted = [...truth].sort(([a], [b]) => a - b);
  expect([...counts.entries()]).toEqual(sorted);
  for (const [page, count] of sorted) expect(counts.get(page)).toBe(count);
  expect([counts.get(2 ** 40), counts.get(20_001)]).toEqual([0, 0]);
});

describe("rounds", () => {
  /** Pages as `[block, address]`, sync points as "flush", the end of the order as "stop". */
  const roundsOf = (...steps: readonly (readonly [number, number] | "flush" | "stop")[]) => {
    const counter = new RoundCounter();
    return steps.flatMap((step) => {
      if (typeof step !== "string") return [counter.of(...step)];
      counter[step]();
      return [];
    });
  };

  test.each([
    [
      "upwards in one",
      [
        [0, 0],
        [0, 1],
        [0, 5],
        [1, 0],
        [1, 1],
        [3, 0],
      ],
      [0, 0, 0, 0, 0, 0],
    ],
    [
      "a step back in a block begins one",
      [
        [0, 5],
        [0, 4],
        [0, 5],
      ],
      [0, 1, 1],
    ],
    [
      "the same page again begins one",
      [
        [0, 5],
        [0, 5],
        [0, 5],
      ],
      [0, 1, 2],
    ],
    [
      "a block before begins one",
      [
        [1, 0],
        [0, 5],
        [1, 0],
      ],
      [0, 1, 1],
    ],
    ["a sync point begins one", [[0, 0], "flush", [0, 1], "flush", [0, 2]], [0, 1, 2]],
    [
      "a sync point before any page begins none",
      ["flush", [0, 0], "flush", "flush", [0, 1]],
      [0, 1],
    ],
    [
      "with sync points, a step back begins none",
      ["flush", [0, 5], [0, 4], "flush", [0, 5]],
      [0, 0, 1],
    ],
    ["after the end all is one", [[0, 5], "stop", [0, 4], [0, 3], "flush", [0, 3]], [0, 1, 1, 1]],
    ["the end before any page begins none", ["stop", [0, 5], [0, 4]], [0, 0]],
    ["the end again begins none", [[0, 5], "stop", [0, 4], "stop", [0, 3]], [0, 1, 1]],
  ] as const)("%s", (_, steps, rounds) => {
    expect(roundsOf(...steps)).toEqual(rounds);
  });
});

describe("bytes that are held", () => {
  const chunk = (from: number, length: number) =>
    Uint8Array.from({ length }, (_, index) => (from + index) % 251);

  test("are those after the last release, and all of them while holding", () => {
    const held = new HeldBytes(100, 10_000);
    held.hold();
    expect([held.begin, held.holding, held.all().length]).toEqual([100, false, 0]);
    held.append(chunk(100, 10));
    held.append(chunk(110, 10));
    held.release(105);
    expect([held.begin, [...held.all()]]).toEqual([105, [...chunk(105, 15)]]);
    held.release(105);
    held.release(90);
    expect(held.begin).toBe(105);
    held.append(chunk(120, 10));
    held.release(120);
    expect([held.begin, [...held.all()]]).toEqual([120, [...chunk(120, 10)]]);
    held.hold();
    held.release(125);
    held.append(chunk(130, 5000));
    held.append(chunk(5130, 5000 - 20));
    expect([held.begin, held.holding]).toEqual([120, true]);
    expect([...held.slice(128, 4)]).toEqual([...chunk(128, 4)]);
    expect(held.all().length).toBe(9990);
    held.letGo();
    expect(held.holding).toBe(false);
    held.release(10_000);
    expect([held.begin, held.all().length]).toEqual([10_000, 110]);
    held.release(20_000);
    expect([held.begin, held.all().length]).toEqual([10_110, 0]);
  });

  test("are at most the limit: then they are let go", () => {
    const held = new HeldBytes(0, 5000);
    held.append(chunk(0, 2000));
    held.hold();
    held.append(chunk(2000, 3000));
    expect([held.holding, held.begin]).toEqual([true, 0]);
    held.append(chunk(5000, 1));
    expect(held.holding).toBe(false);
    // 1024 bytes are kept where chunks allow it.
    expect([held.begin, held.all().length]).toEqual([2000, 3001]);
  });

  test("are more than 1024 where nothing is held, as far as chunks go", () => {
    const held = new HeldBytes(0, 5000);
    for (let at = 0; at < 3000; at += 500) held.append(chunk(at, 500));
    expect([held.begin, held.all().length]).toEqual([1500, 1500]);
    const exact = new HeldBytes(0, 5000);
    for (const size of [1, 24, 1000]) exact.append(chunk(0, size));
    expect(exact.begin).toBe(0);
    exact.append(chunk(0, 24));
    expect([exact.begin, exact.all().length]).toEqual([1, 1048]);
  });
});

test("blocks of a connection are known in the next one", () => {
  const known = new KnownBlocks();
  expect([known.size, known.options()]).toEqual([0, { blocks: [] }]);
  const [a, b] = ["a", "b"].map((name) => ({ name, usedLength: 5 }));
  known.block(a!, 4096);
  known.block(b!, 8192);
  expect(known.size).toBe(2);
  expect(known.options()).toEqual({ blocks: [a, b], pageSize: 8192 });
  known.pageSize(1024);
  expect(known.options().pageSize).toBe(1024);
  expect([...known.byName]).toEqual([
    ["a", a],
    ["b", b],
  ]);
});

describe("mapped blocks as pages", () => {
  test.each([1, 7, 512, 5000])("in chunks of %i bytes", (size) => {
    const block = { name: "a", usedLength: 512 * 10 + 100 };
    const bytes = Uint8Array.from({ length: block.usedLength }, (_, index) => index * 31);
    const present = [0, 3, 8, 10];
    const bitmap = new Uint8Array(8);
    for (const page of present) bitmap[page >> 3]! |= 1 << (page & 7);
    const pages: unknown[] = [];
    const sink = mappedPages({
      page: ({ name }, address, page) => pages.push([name, address, [...page]]),
    });
    const header = { pageSize: 512, bitmapOffset: 1, pagesOffset: 2 };
    for (let turn = 0; turn < 2; turn++) {
      sink.mapped(block, header, bitmap);
      for (let at = 0; at < bytes.length; at += size)
        sink.mappedBytes(block, at, bytes.subarray(at, at + size));
    }
    const expected = present.map((page) => [
      "a",
      512 * page,
      [...bytes.subarray(512 * page, 512 * page + 512)],
    ]);
    expect(pages).toEqual([...expected, ...expected]);
  });
});

describe("several sinks", () => {
  test("get all calls that each takes, in order", () => {
    const calls: string[] = [];
    const tee = teeRamSink([
      { flush: () => calls.push("a flush"), zero: () => calls.push("a zero") },
      { flush: () => calls.push("b flush"), hook: () => calls.push("b hook") },
    ]);
    expect(Object.keys(tee).sort()).toEqual(["flush", "hook", "zero"]);
    tee.flush!();
    tee.hook!();
    tee.zero!({ name: "x", usedLength: 1 }, 0, 0);
    expect(calls).toEqual(["a flush", "b flush", "b hook", "a zero"]);
  });

  test("of one is that one, of none takes nothing", () => {
    const sink = { flush: () => {} };
    expect(teeRamSink([sink])).toBe(sink);
    expect(teeRamSink([])).toEqual({});
  });

  test("get pages out of mapped bytes where one takes those", () => {
    const calls: unknown[] = [];
    const pages = { page: (_: unknown, address: number) => calls.push(["page", address]) };
    const bytes = { mappedBytes: (_: unknown, offset: number) => calls.push(["bytes", offset]) };
    const both = {
      page: () => calls.push("never"),
      mappedBytes: (_: unknown, offset: number) => calls.push(["both", offset]),
    };
    const tee = teeRamSink([pages, bytes, both]);
    const block = { name: "a", usedLength: 1024 };
    tee.mapped!(block, { pageSize: 512, bitmapOffset: 0, pagesOffset: 0 }, Uint8Array.of(2));
    tee.mappedBytes!(block, 0, new Uint8Array(1024));
    expect(calls).toEqual([
      ["page", 512],
      ["bytes", 0],
      ["both", 0],
    ]);
    expect(Object.keys(teeRamSink([pages, { flush: () => {} }]))).toEqual(["page", "flush"]);
  });
});

describe("device state by channels", () => {
  const packet = (idstr: string, instanceId: number, payloadSize: number) => ({
    ...({ type: "device-state", offset: 0, size: 0, flags: 64 } as const),
    ...{ idstr, instanceId, payloadSize, unused: new Uint8Array(0) },
  });
  const head = (version: number, index: number, flags: number) =>
    bytesOf(...[version, index, flags].map((word) => word.toString(16).padStart(8, "0")));

  test("is joined by device, numbered where it is of a device of the host", () => {
    const states = new MultifdDeviceStates();
    states.add(packet("a/vfio", 0, 100), head(0, 1, 0));
    states.add(packet("a/vfio", 0, 52), head(0, 4, 1));
    states.add(packet("a/vfio", 0, 12), head(0, 0, 2));
    states.add(packet("a/vfio", 1, 20), head(0, 0, 0));
    states.add(packet("b/vfio", 0, 20), head(0, 0, 1));
    states.add(packet("b/vfio", 0, 20), head(1, 1, 0));
    states.add(packet("c/vfio", 0, 11), head(0, 0, 0).subarray(1));
    states.add(packet("net", 0, 30), head(0, 0, 0));
    expect(states.devices()).toEqual([
      {
        ...{ idstr: "a/vfio", instanceId: 0, packets: 3, size: 164 },
        numbered: { config: 40, missing: 2 },
      },
      {
        ...{ idstr: "a/vfio", instanceId: 1, packets: 1, size: 20 },
        numbered: { config: undefined, missing: 0 },
      },
      { idstr: "b/vfio", instanceId: 0, packets: 2, size: 40 },
      { idstr: "c/vfio", instanceId: 0, packets: 1, size: 11 },
      { idstr: "net", instanceId: 0, packets: 1, size: 30 },
    ]);
  });

  test("is not missing where more came than are numbered", () => {
    const states = new MultifdDeviceStates();
    for (const index of [0, 0, 0]) states.add(packet("a/vfio", 0, 12), head(0, index, 1));
    expect(states.devices()[0]?.numbered).toEqual({ config: 0, missing: 0 });
  });
});

test("sizes of state, the largest first, then by name", () => {
  const node = (
    vmsdName: string,
    size: number,
    subsections: object[] = [],
    fields: object[] = [],
  ) => ({
    ...{ vmsdName, version: 1, offset: 0, size, subsections, fields },
  });
  const inner = node("in", 5, [node("in/deep", 3)]);
  const struct = { value: { kind: "struct", value: inner } };
  const list = {
    value: { kind: "list", elements: [node("e", 1, [node("e/x", 30)]), node("e", 1)] },
  };
  const section = (idstr: string, instanceId: number, size: number, state?: object) =>
    ({
      idstr,
      instanceId,
      size,
      ...(state ? { kind: "vmstate", state } : { kind: "opaque" }),
    }) as SectionState;
  const none: never[] = [];
  expect(
    stateSizes([
      section("b", 0, 10),
      section("a", 2, 10),
      section("a", 0, 10),
      section(
        "big",
        0,
        99,
        node("big", 99, [node("big/é", 7)], [struct, list, { value: { kind: "null" } }]),
      ),
    ]),
  ).toEqual([
    {
      ...{ name: "big", size: 99 },
      // A head has its type, the name's length, the name and a version: 6 bytes and the name.
      subsections: [
        { name: "e/x", size: 39, subsections: none },
        { name: "big/é", size: 7 + 12, subsections: none },
        { name: "in/deep", size: 16, subsections: none },
      ],
    },
    { name: "a", size: 10, subsections: none },
    { name: "a[2]", size: 10, subsections: none },
    { name: "b", size: 10, subsections: none },
  ]);
});
