/** The edges of what the readers of simpletrace check: a trace that just passes, one that just does not. */

import { describe, expect, test } from "vitest";
import type { ByteOrder } from "../../src/bytes/byte-order.js";
import { ByteWriter } from "../../src/bytes/byte-writer.js";
import { EventTable } from "../../src/model/event-table.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { renderText } from "../../src/traces/render-text.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { readTrace, TraceMaker } from "./make-trace.js";

const events = new EventTable(
  modelsOf(`ping(void) "ping"
page(const char *id, int n) "%s %d"
six(int a, int b, int c, int d, int e, int f) "%d %d %d %d %d %d"
seven(int a, int b, int c, int d, int e, int f, int g) "%d %d %d %d %d %d %d"
text(const char *a, const char *b) "%s %s"
`),
);
const DROPPED = 0xffff_ffff_ffff_fffen;
const STEPS = "timestamps that step back";

/** The records as text, then what ended them; damage apart. It does not depend on how the bytes come. */
async function outcome(bytes: Uint8Array) {
  const { records, error, damage } = await readTrace(bytes, events);
  const lines = records.map(renderText);
  if (error) lines.push((error as Error).message);
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  if (bytes.length < 5000) {
    const slow = await readTrace(single, events);
    expect([slow.records.map(renderText), slow.damage]).toEqual([records.map(renderText), damage]);
  }
  const counted = openTrace(bytes, events);
  const counts = await counted.count().catch(() => undefined);
  if (counts) {
    const expected: Record<string, number> = {};
    for (const record of records) {
      if (record.type === "event") expected[record.name] = (expected[record.name] ?? 0) + 1;
    }
    expect(Object.fromEntries(counts)).toEqual(expected);
    expect(Object.fromEntries(counted.damage.counts)).toEqual(damage);
  }
  return { lines, damage };
}

interface Edge {
  readonly check: string;
  readonly fits: (order: ByteOrder) => Uint8Array;
  readonly violates: (order: ByteOrder) => Uint8Array;
  /** The lines of the one and of the other. */
  readonly lines: readonly [fits: readonly string[], violates: readonly string[]];
}

function testEdges(edges: readonly Edge[]): void {
  describe.each(["little", "big"] as const)("%s-endian", (order) => {
    test.each(edges)("$check", async ({ fits, violates, lines }) => {
      expect((await outcome(fits(order))).lines).toEqual(lines[0]);
      expect((await outcome(violates(order))).lines).toEqual(lines[1]);
    });
  });
}

const pings = ["ping ping", "ping ping", "ping ping"];

describe("version 4", () => {
  /** Some bytes or items between mappings and three records, by which reading goes on. */
  const around =
    (item: (maker: TraceMaker, order: ByteOrder) => TraceMaker) =>
    (order: ByteOrder): Uint8Array => {
      const maker = new TraceMaker(order).header().mapping(1, "ping").mapping(2, "page");
      return item(maker, order).record(1, 10, 1).record(1, 11, 1).record(1, 12, 1).take();
    };
  const head = (order: ByteOrder, type: number, id: bigint | number, length: number) =>
    new ByteWriter(order).u64(type).u64(id).u64(5).u32(length).u32(1).take();
  const named = (name: string) => around((maker) => maker.mapping(7, name).record(7, 5, 1));
  const page = (stated: number, text: string, more = 8) =>
    around((maker, order) => {
      const payload = new ByteWriter(order).u32(stated).bytes(Buffer.from(text));
      payload.bytes(new Uint8Array(more));
      const bytes = payload.take();
      return maker.bytes(head(order, 1, 2, 24 + bytes.length)).bytes(bytes);
    });
  const long = (length: number) => around((maker) => maker.record(2, 5, 1, "x".repeat(length), 0));
  const garbage = (length: number) => [`[${length} bytes of garbage]`, ...pings];

  testEdges([
    {
      check: "an item's type is 1",
      fits: around((maker, order) => maker.bytes(head(order, 1, 1, 24))),
      violates: around((maker, order) => maker.bytes(head(order, 2, 1, 24))),
      lines: [["ping ping", ...pings], garbage(32)],
    },
    {
      check: "an item's type has 64 bits",
      fits: around((maker, order) => maker.bytes(head(order, 1, 1, 24))),
      violates: around((maker, order) => maker.bytes(head(order, 2 ** 32 + 1, 1, 24))),
      lines: [["ping ping", ...pings], garbage(32)],
    },
    {
      check: "a record has at least its head of 24 bytes",
      fits: around((maker, order) => maker.bytes(head(order, 1, 1, 24))),
      violates: around((maker, order) => maker.bytes(head(order, 1, 1, 23))),
      lines: [["ping ping", ...pings], garbage(32)],
    },
    {
      check: "a record has at most 65536 bytes",
      fits: long(65536 - 24 - 4 - 8),
      violates: long(65536 - 24 - 4 - 8 + 1),
      lines: [
        [`page ${"x".repeat(65500)} 0`, ...pings],
        ["[65545 bytes of garbage]", ...pings],
      ],
    },
    {
      check: "an event without arguments has nothing behind its head",
      fits: around((maker) => maker.record(1, 5, 1)),
      violates: around((maker) => maker.record(1, 5, 1, 0)),
      lines: [
        ["ping ping", ...pings],
        ["ping [layout] 0000000000000000", ...pings],
      ],
    },
    {
      check: "a string is not longer than its record",
      fits: page(3, "abc"),
      violates: page(4, "abc"),
      lines: [
        ["page abc 0", ...pings],
        [expect.stringMatching(/^page \[layout\] /), ...pings],
      ],
    },
    {
      check: "a string is not shorter than its record",
      fits: page(3, "abc"),
      violates: page(2, "abc"),
      lines: [
        ["page abc 0", ...pings],
        [expect.stringMatching(/^page \[layout\] /), ...pings],
      ],
    },
    {
      check: "an integer has all of its bytes",
      fits: page(3, "abc", 8),
      violates: page(3, "abc", 7),
      lines: [
        ["page abc 0", ...pings],
        [expect.stringMatching(/^page \[layout\] /), ...pings],
      ],
    },
    {
      check: "a count of dropped events is not longer than 64 bits",
      fits: around((maker) => maker.record(DROPPED, 5, 1, 3)),
      violates: around((maker) => maker.record(DROPPED, 5, 1, 3, 0)),
      lines: [["[3 events dropped]", ...pings], garbage(48)],
    },
    {
      check: "a count of dropped events is not shorter than 64 bits",
      fits: around((maker) => maker.record(DROPPED, 5, 1, 3)),
      violates: around((maker) => maker.record(DROPPED, 5, 1)),
      lines: [["[3 events dropped]", ...pings], garbage(32)],
    },
    {
      check: "a name has a character",
      fits: named("x"),
      violates: around((maker) => maker.mapping(7, "")),
      lines: [["x [undeclared] ", ...pings], garbage(20)],
    },
    {
      check: "a name has at most 1024 characters",
      fits: named("x".repeat(1024)),
      violates: named("x".repeat(1025)),
      lines: [
        [`${"x".repeat(1024)} [undeclared] `, ...pings],
        // A record that no name is known of does not end garbage.
        [`[${1045 + 32} bytes of garbage]`, ...pings],
      ],
    },
    ...["0/", "9:", "A@", "Z[", "_^", "a`", "z{", "Z\x7f", "z\xfa"].map((pair) => ({
      check: `a name may have ${pair[0]}, not 0x${pair.charCodeAt(1).toString(16)}`,
      fits: named(`n${pair[0]}n`),
      violates: around((maker: TraceMaker, order) =>
        maker
          .bytes(new ByteWriter(order).u64(0).u64(7).u32(3).take())
          .bytes(Buffer.from(`n${pair[1]}n`, "latin1")),
      ),
      lines: [[`n${pair[0]}n [undeclared] `, ...pings], garbage(23)] as const,
    })),
    {
      check: "the last record is whole",
      fits: (order) => new TraceMaker(order).header().mapping(1, "ping").record(1, 5, 1).take(),
      violates: (order) =>
        new TraceMaker(order).header().mapping(1, "ping").record(1, 5, 1).take().slice(0, -1),
      lines: [["ping ping"], ["cut short: the last record is not whole at byte 0x30"]],
    },
    {
      check: "the last mapping is whole",
      fits: (order) => new TraceMaker(order).header().mapping(1, "ping").take(),
      violates: (order) => new TraceMaker(order).header().mapping(1, "ping").take().slice(0, -1),
      lines: [[], ["cut short: the last record is not whole at byte 0x18"]],
    },
    {
      check: "the header is whole",
      fits: (order) => new TraceMaker(order).header().take(),
      violates: (order) => new TraceMaker(order).header().take().slice(0, -1),
      lines: [[], ["cut short in simpletrace's header at byte 0x17"]],
    },
    {
      check: "the version is not above 4",
      fits: (order) => new TraceMaker(order, 4).header().take(),
      violates: (order) => new TraceMaker(order, 5).header().take(),
      lines: [[], [expect.stringMatching(/^simpletrace version 5; known are .* at byte 0x10$/)]],
    },
    {
      check: "there was no version 1",
      fits: (order) => new TraceMaker(order, 2).header().take(),
      violates: (order) => new TraceMaker(order, 1).header().take(),
      lines: [[], [expect.stringMatching(/^simpletrace version 1; known are .* at byte 0x10$/)]],
    },
  ]);

  test.each([
    ...[0n, 65535n, 65536n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, DROPPED - 1n],
  ])("the id %s may be mapped", async (id) => {
    for (const order of ["little", "big"] as const) {
      const mapping = new ByteWriter(order).u64(0).u64(id).u32(4).take();
      const maker = new TraceMaker(order).header().bytes(mapping).bytes(Buffer.from("page"));
      const trace = maker
        .record(id, 1, 1, "a", 1)
        .record(id ^ 1n, 2, 1)
        .take();
      expect((await outcome(trace)).lines).toEqual(["page a 1", `event ${id ^ 1n} [unmapped] `]);
    }
  });

  test.each([
    ["5, 5", [5n, 5n], {}],
    ["5, 4", [5n, 4n], { [STEPS]: 1 }],
    ["2^32, 2^32 + 1", [2n ** 32n, 2n ** 32n + 1n], {}],
    ["2^32, 2^32 - 1", [2n ** 32n, 2n ** 32n - 1n], { [STEPS]: 1 }],
    ["2^32 + 1, 2^33", [2n ** 32n + 1n, 2n ** 33n], {}],
    ["2^53 + 1, 2^53", [2n ** 53n + 1n, 2n ** 53n], { [STEPS]: 1 }],
    ["2^62 + 1, 2^62", [2n ** 62n + 1n, 2n ** 62n], { [STEPS]: 1 }],
    ["5, 4, 4, 3", [5n, 4n, 4n, 3n], { [STEPS]: 2 }],
  ] as const)(
    "of the timestamps %s those before the one before step back",
    async (_, times, damage) => {
      for (const order of ["little", "big"] as const) {
        const maker = new TraceMaker(order).header().mapping(1, "ping").mapping(2, "page");
        for (const time of times) maker.record(1, time, 1);
        expect((await outcome(maker.take())).damage).toEqual(damage);
        maker.header().mapping(1, "ping").mapping(2, "page");
        for (const time of times) maker.record(2, time, 1, "é", 1);
        expect((await outcome(maker.take())).damage).toEqual(damage);
      }
    },
  );
});

describe.each([2, 3])("version %i", (version) => {
  const trace = (add: (maker: TraceMaker) => TraceMaker) => (order: ByteOrder) =>
    add(new TraceMaker(order, version).header())
      .record(0, 10, 1)
      .record(0, 11, 1)
      .record(0, 12, 1)
      .take();
  testEdges([
    {
      check: "an id is a position of 16 bits",
      fits: trace((maker) => maker.record(65535, 5, 1)),
      violates: trace((maker) => maker.record(65536, 5, 1)),
      lines: [
        ["event 65535 [unmapped] ", ...pings],
        ["[24 bytes of garbage]", ...pings],
      ],
    },
    {
      check: "an id has no upper half",
      fits: trace((maker) => maker.record(0, 5, 1)),
      violates: trace((maker) => maker.record(2n ** 32n, 5, 1)),
      lines: [
        ["ping ping", ...pings],
        ["[24 bytes of garbage]", ...pings],
      ],
    },
  ]);
});

describe("version 0", () => {
  const trace =
    (...words: (number | bigint)[]) =>
    (order: ByteOrder) =>
      new TraceMaker(order, 0)
        .header()
        .words(0, TIME)
        .words(...words)
        .words(0, TIME + 10)
        .words(0, TIME + 11)
        .take();
  const near = (difference: number) => (order: ByteOrder) =>
    new TraceMaker(order, 0)
      .header()
      .words(0, TIME)
      .bytes(new Uint8Array(10).fill(0xa5))
      .words(0, TIME + difference)
      .take();
  /** Eleven days, in nanoseconds. */
  const TIME = 1e15;
  const DAY = 86_400e9;
  const [one, ...two] = pings;
  const around = (...lines: readonly string[]) => [one!, ...lines, ...two];
  const lost = around("[64 bytes of garbage]");
  testEdges([
    {
      check: "an id is a position of 16 bits",
      fits: trace(65535, 5),
      violates: trace(65536, 5),
      lines: [around(`event 65535 [unmapped] ${"00".repeat(48)}`), lost],
    },
    {
      check: "an id has no upper half",
      fits: trace(0, 5),
      violates: trace(2n ** 32n, 5),
      lines: [around("ping ping"), lost],
    },
    {
      check: "a record has a time",
      fits: trace(0, 1),
      violates: trace(0, 0),
      lines: [around("ping ping"), around("[64 zero bytes]")],
    },
    {
      check: "a time may be in the upper half alone",
      fits: trace(0, 2n ** 32n),
      violates: trace(0, 0),
      lines: [around("ping ping"), around("[64 zero bytes]")],
    },
    {
      check: "dropped events have their id",
      fits: trace(DROPPED, 0, 3),
      violates: trace(DROPPED - 1n, 0, 3),
      lines: [around("[3 events dropped]"), lost],
    },
    {
      check: "a string's address may be null",
      fits: trace(1, 5, 1, 2),
      violates: trace(1, 5, 0, 2),
      lines: [around("page <0x1> 2"), around("page (null) 2")],
    },
    {
      check: "behind garbage, a time is not more than a day later",
      fits: near(DAY),
      violates: near(DAY + 1),
      lines: [
        ["ping ping", "[10 bytes of garbage]", "ping ping"],
        ["ping ping", "[74 bytes of garbage]"],
      ],
    },
    {
      check: "behind garbage, a time is not more than a day before",
      fits: near(-DAY),
      violates: near(-DAY - 1),
      lines: [
        ["ping ping", "[10 bytes of garbage]", "ping ping"],
        ["ping ping", "[74 bytes of garbage]"],
      ],
    },
    {
      check: "the last record is whole",
      fits: (order) => new TraceMaker(order, 0).header().words(0, 10).take(),
      violates: (order) => new TraceMaker(order, 0).header().words(0, 10).take().slice(0, -1),
      lines: [["ping ping"], ["cut short: the last record is not whole at byte 0x40"]],
    },
    {
      check: "the header is a whole record",
      fits: (order) => new TraceMaker(order, 0).header().take(),
      violates: (order) => new TraceMaker(order, 0).header().take().slice(0, -1),
      lines: [[], ["cut short: the last record is not whole at byte 0x0"]],
    },
  ]);

  test("has six arguments: the seventh is not there, and said to be uncertain", async () => {
    const bytes = new TraceMaker("little", 0)
      .header()
      .words(2, 5, 1, 2, 3, 4, 5, -6)
      .words(3, 6, 1, 2, 3, 4, 5, -6)
      .take();
    const { records } = await readTrace(bytes, events);
    expect(records).toMatchObject([
      { name: "six", values: [1, 2, 3, 4, 5, -6] },
      { name: "seven", values: [1, 2, 3, 4, 5, -6, null], uncertain: ["g"] },
    ]);
    expect(records[0]).not.toHaveProperty("uncertain");
  });

  test("of timestamps, those before the one before step back", async () => {
    const of = (first: number, second: number) =>
      new TraceMaker("little", 0).header().words(0, first).words(0, second).take();
    expect((await outcome(of(5, 5))).damage).toEqual({});
    expect((await outcome(of(5, 4))).damage).toEqual({ [STEPS]: 1 });
  });
});
