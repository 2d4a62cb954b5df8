/** simpletrace files made by hand: whole ones, cut ones, damaged ones, of every version and order. */

import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../src/bytes/byte-writer.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { EventTable } from "../../src/model/event-table.js";
import { renderText } from "../../src/traces/render-text.js";
import { SimpletraceScanner } from "../../src/traces/simpletrace/scanner.js";
import { SimpletraceReader } from "../../src/traces/simpletrace-reader.js";
import { traceFormat } from "../../src/traces/trace-format.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { readTrace, TraceMaker } from "./make-trace.js";

const events = new EventTable(
  modelsOf(`ping_sent(void) "ping"
ram_page(const char *id, int n) "%s %d"
all_kinds(int8_t a, uint8_t b, bool c, void *d, uint64_t e, const char *f) "%d %u %d %p %" PRIu64 " %s"
`),
);
const DROPPED = 0xffff_ffff_ffff_fffen;

/** A header, three mappings, four records; `ends` are the offsets between items. */
const items = [
  (maker: TraceMaker) => maker.header(),
  (maker: TraceMaker) => maker.mapping(5, "ping_sent"),
  (maker: TraceMaker) => maker.mapping(6, "ram_page"),
  (maker: TraceMaker) => maker.record(5, 1000, 42),
  (maker: TraceMaker) => maker.record(6, 2000, 42, "pc.ram", -1),
  (maker: TraceMaker) => maker.mapping(7, "all_kinds"),
  (maker: TraceMaker) => maker.record(7, 1500, 42, -1, 255, 1, 0x7fff_0000n, 2n ** 64n - 1n, "é"),
  (maker: TraceMaker) => maker.record(6, 3000, 42, "", 7),
];

function small(order: "little" | "big" = "little") {
  const maker = new TraceMaker(order);
  const parts = items.map((item) => item(maker).take());
  const bytes = Buffer.concat(parts);
  let end = 0;
  const ends = parts.map((part) => {
    end += part.length;
    return end;
  });
  return { bytes, ends };
}

const texts = [
  "ping_sent ping",
  "ram_page pc.ram -1",
  "all_kinds -1 255 1 0x7fff0000 18446744073709551615 é",
  "ram_page  7",
];

describe("a whole trace", () => {
  test.each(["little", "big"] as const)("of a %s-endian machine is read", async (order) => {
    const { records, error, damage, format } = await readTrace(small(order).bytes, events);
    expect(records.map(renderText)).toEqual(texts);
    expect([error, format]).toEqual([
      undefined,
      order === "big" ? "simpletrace-4-big" : "simpletrace-4",
    ]);
    expect(damage).toEqual({ "timestamps that step back": 1 });
  });

  test("has time, process and offset with each record, and values by the declared types", async () => {
    const { bytes, ends } = small();
    const { records } = await readTrace(bytes, events);
    expect(records[2]).toMatchObject({
      type: "event",
      name: "all_kinds",
      timestamp: 1500n,
      pid: 42,
      offset: ends[5],
      values: [-1, 255, true, 0x7fff_0000n, 2n ** 64n - 1n, "é"],
    });
  });

  test("may have nothing but a header", async () => {
    const { records, error } = await readTrace(new TraceMaker().header().take(), events);
    expect([records, error]).toEqual([[], undefined]);
  });

  test("may give an id another name later", async () => {
    const trace = new TraceMaker()
      .header()
      .mapping(1, "ping_sent")
      .record(1, 0, 1)
      .mapping(1, "ram_page")
      .record(1, 1, 1, "x", 1)
      .take();
    expect((await readTrace(trace, events)).records.map(renderText)).toEqual([
      "ping_sent ping",
      "ram_page x 1",
    ]);
  });
});

describe("a trace that is cut", () => {
  test("gives nothing more after its error, whatever is appended", () => {
    const { bytes, ends } = small();
    const reader = new SimpletraceReader(events);
    const cut = ends[6]! + 12;
    reader.append(bytes.subarray(0, cut));
    reader.end();
    expect(() => {
      while (reader.advance());
    }).toThrow(DecodeError);
    reader.append(bytes.subarray(cut));
    expect([reader.done, reader.next()]).toEqual([true, undefined]);
  });

  const { bytes, ends } = small();
  /** How many records are whole in so many bytes. */
  const whole = (length: number) =>
    ends.filter((end, index) => [3, 4, 6, 7].includes(index) && end <= length).length;

  test("gives the records before the cut, and a DecodeError unless it is between items", async () => {
    for (let length = 1; length < bytes.length; length++) {
      const { records, error } = await readTrace(bytes.subarray(0, length), events);
      expect(records.map(renderText), `${length}`).toEqual(texts.slice(0, whole(length)));
      if (ends.includes(length)) expect(error, `${length}`).toBeUndefined();
      else expect(error, `${length}`).toBeInstanceOf(DecodeError);
    }
  });

  test("is the same in chunks of one byte", async () => {
    for (let length = 1; length < bytes.length; length++) {
      const one = await readTrace(bytes.subarray(0, length), events);
      const parts = Array.from({ length }, (_, at) => bytes.subarray(at, at + 1));
      expect(await readTrace(parts, events)).toEqual(one);
    }
  });

  test("is empty: that is no trace", async () => {
    const { error } = await readTrace(new Uint8Array(0), events);
    expect(error).toEqual(new DecodeError("not a trace: it is empty", 0));
  });
});

describe("a trace that does not agree with the declarations", () => {
  const begin = () => new TraceMaker().header().mapping(1, "ram_page").mapping(2, "unknown_one");

  test.each([
    ["undeclared", (maker: TraceMaker) => maker.record(2, 1, 1, 7), "unknown_one"],
    ["unmapped", (maker: TraceMaker) => maker.record(9, 1, 1, 7), "event 9"],
    ["unmapped", (maker: TraceMaker) => maker.record(2n ** 40n, 1, 1), "event 1099511627776"],
    ["layout", (maker: TraceMaker) => maker.record(1, 1, 1, "pc.ram"), "ram_page"],
    ["layout", (maker: TraceMaker) => maker.record(1, 1, 1, "pc.ram", 1, 2), "ram_page"],
    ["layout", (maker: TraceMaker) => maker.record(1, 1, 1, 2n ** 64n - 1n, 1), "ram_page"],
  ] as const)("has a raw record: %s", async (reason, add, name) => {
    const trace = add(begin()).record(1, 2, 1, "x", 1).take();
    const { records, error } = await readTrace(trace, events);
    expect(records).toMatchObject([
      { type: "raw", reason, name, timestamp: 1n, pid: 1 },
      { type: "event", name: "ram_page", values: ["x", 1] },
    ]);
    expect(error).toBeUndefined();
  });

  test("counts each kind by its name", async () => {
    const trace = begin().record(2, 1, 1).record(2, 1, 1).record(1, 1, 1).record(9, 1, 1).take();
    const { damage } = await readTrace(trace, events);
    const names = Object.entries(damage).map(([name, count]) => `${count} ${name}`);
    expect(names).toEqual([
      "2 records of unknown_one, which is not declared",
      expect.stringMatching(/^1 records of ram_page with other arguments than declared/),
      "1 records of event 9, which the trace does not name",
    ]);
  });

  test("tells how many events were dropped", async () => {
    const trace = begin()
      .record(DROPPED, 5, 1, 3)
      .record(DROPPED, 6, 1, 2n ** 40n)
      .take();
    const { records, damage } = await readTrace(trace, events);
    expect(records).toMatchObject([
      { type: "dropped", count: 3n, timestamp: 5n },
      { type: "dropped", count: 2n ** 40n },
    ]);
    expect(damage).toEqual({ "events dropped by QEMU": 3 + 2 ** 40 });
  });
});

describe("a string", () => {
  const values = async (bytes: Uint8Array) => {
    const trace = new TraceMaker().header().mapping(1, "ram_page").record(1, 0, 1, bytes, 0).take();
    const [record] = (await readTrace(trace, events)).records;
    return record?.type === "event" ? record.values[0] : record;
  };

  test("of no UTF-8 has U+FFFD where it is none", async () => {
    expect(await values(Uint8Array.of(0x61, 0xff, 0xe2, 0x82))).toBe("a\ufffd\ufffd");
  });

  test("keeps a NUL, and a byte order mark", async () => {
    expect(await values(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0, 0x62))).toBe("\ufeffa\0b");
  });
});

describe("damage in the middle is passed over and counted", () => {
  test.each([0, 1, 23, 0xffff_fffe, 0xffff_ffff])(
    "a record that claims %i bytes, of an event with a string or not yet seen",
    async (length) => {
      const head = (id: number) =>
        new ByteWriter("little").u64(1).u64(id).u64(7).u32(length).u32(42).take();
      for (const version of [2, 4]) {
        const maker = new TraceMaker("little", version).header();
        const names = ["ping_sent", "ram_page"];
        if (version === 4) for (const [id, name] of names.entries()) maker.mapping(id, name);
        maker.record(1, 5, 42, "a", 1);
        const before = maker.take();
        for (const id of [0, 1]) {
          const damaged = version === 4 ? head(id) : head(id).subarray(8);
          maker.record(1, 8, 42, "b", 2).record(1, 9, 42, "c", 3);
          const after = maker.take();
          const bytes = Buffer.concat([before, damaged, after]);
          const { records, damage } = await readTrace(bytes, events);
          const [first, ...others] = records.map(renderText);
          expect([first, ...others.slice(-2)]).toEqual([
            "ram_page a 1",
            "ram_page b 2",
            "ram_page c 3",
          ]);
          expect(damage).toEqual({ "bytes of garbage between records": damaged.length });
        }
      }
    },
  );

  test("where records are only counted, too", () => {
    const maker = new TraceMaker().mapping(0, "ping_sent").mapping(1, "ram_page");
    maker.record(1, 5, 42, "a", 1);
    const before = maker.take();
    for (const length of [0, 0xffff_fffe, 0xffff_ffff]) {
      for (const id of [0, 1]) {
        const layout = { prefix: 8, header: false, positions: false } as const;
        const reader = new SimpletraceScanner(events, "little", layout);
        const head = new ByteWriter("little").u64(1).u64(id).u64(7).u32(length).u32(42).take();
        reader.append(Buffer.concat([before, head, maker.record(1, 8, 42, "b", 2).take()]));
        reader.end();
        expect([reader.advance(), reader.name]).toEqual([true, "ram_page"]);
        reader.countRun();
        expect([...reader.bindings.counted()]).toEqual([]);
      }
    }
  });

  const begin = () => new TraceMaker().header().mapping(1, "ram_page").mapping(2, "ping_sent");
  const around = async (damage: Uint8Array) => {
    const trace = begin().record(1, 1, 1, "x", 1).bytes(damage);
    for (let count = 0; count < 4; count++) trace.record(1, 2 + count, 1, "y", count);
    return readTrace(trace.take(), events);
  };

  test.each([
    ["zeros", new Uint8Array(100), true],
    ["other bytes", new Uint8Array(37).fill(0xa5), false],
    [
      "a record whose length is too small",
      new TraceMaker().record(1, 1, 1).take().fill(0, 16),
      false,
    ],
  ])("%s", async (_, damage) => {
    const { records, error } = await around(damage);
    expect(error).toBeUndefined();
    const sound = records.filter(({ type }) => type === "event");
    expect(sound.map(renderText)).toEqual([
      "ram_page x 1",
      ...[0, 1, 2, 3].map((count) => `ram_page y ${count}`),
    ]);
    const lost = records.flatMap((record) => (record.type === "garbage" ? [record.length] : []));
    expect(lost).toEqual([damage.length]);
  });
});

describe("what is no simpletrace", () => {
  test.each([
    ["an unknown version", new TraceMaker("little", 5).header().take(), /version 5/, 16],
    [
      "an image",
      Uint8Array.from({ length: 5000 }, (_, index) => (index * 89) & 0xff),
      /not a trace/,
      0,
    ],
  ])("%s is told as such", async (_, bytes, reason, offset) => {
    const { error, records } = await readTrace(bytes, events);
    expect(records).toEqual([]);
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).reason).toMatch(reason);
    expect((error as DecodeError).offset).toBe(offset);
  });
});

describe("older versions", () => {
  test("version 0 in Node's Buffers", () => {
    const bytes = new TraceMaker("little", 0).header().words(1, 1000, 5, 6).take();
    const reader = traceFormat("simpletrace-0")!.reader(events);
    reader.append(Buffer.from(bytes));
    expect(reader.next()).toMatchObject({ name: "ram_page", values: ["<0x5>", 6] });
  });

  test.each([2, 3])("%i has no types, and ids are places in the declarations", async (version) => {
    for (const order of ["little", "big"] as const) {
      const maker = new TraceMaker(order, version).header();
      const trace = maker.record(1, 10, 42, "pc.ram", -5).record(0, 20, 42).take();
      const { records, error, format } = await readTrace(trace, events);
      expect(records.map(renderText)).toEqual(["ram_page pc.ram -5", "ping_sent ping"]);
      expect(records.map(({ timestamp, pid }) => [timestamp, pid])).toEqual([
        [10n, 42],
        [20n, 42],
      ]);
      expect(error).toBeUndefined();
      expect(format).toBe(`simpletrace-${version}${order === "big" ? "-big" : ""}`);
    }
  });

  test("0 has eight words a record; of a string it has the address alone", async () => {
    const trace = new TraceMaker("little", 0)
      .header()
      .words(0, 10)
      .words(1, 20, 0x5500, -5)
      .words(DROPPED, 0, 3)
      .take();
    const { records, error, format } = await readTrace(trace, events);
    expect(format).toBe("simpletrace-0");
    expect(error).toBeUndefined();
    expect(records).toMatchObject([
      { type: "event", name: "ping_sent", timestamp: 10n },
      { type: "event", name: "ram_page", values: ["<0x5500>", -5], uncertain: ["id"] },
      { type: "dropped", count: 3n },
    ]);
  });

  test("0 is read on behind garbage, which has no time", async () => {
    for (const order of ["little", "big"] as const) {
      const trace = new TraceMaker(order, 0).header().words(0, 10);
      trace.bytes(new Uint8Array(70).fill(0xa5)).words(1, 20, 0, 7).words(500, 30);
      trace.bytes(new Uint8Array(40));
      const { records, error, damage } = await readTrace(trace.take(), events);
      expect(records).toMatchObject([
        { type: "event", name: "ping_sent", timestamp: 10n },
        { type: "garbage", timestamp: 0n, offset: 128, length: 70, zeros: false },
        { type: "event", name: "ram_page", timestamp: 20n, offset: 198 },
        { type: "raw", reason: "unmapped", name: "event 500", timestamp: 30n },
      ]);
      expect((error as DecodeError).message).toBe(
        "cut short: the last record is not whole at byte 0x146",
      );
      expect(damage).toEqual({
        "bytes of garbage between records": 70,
        "records of event 500, which the trace does not name": 1,
      });
    }
  });
});
