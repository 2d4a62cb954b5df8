/** What is read and written, byte by byte by hand: commands, channels, answers, headers, observers. */

import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import {
  readLibvirtSaveHeader,
  writeLibvirtSaveHeader,
} from "../../../src/migration/wire/libvirt-save-header.js";
import { MultifdJoin } from "../../../src/migration/wire/multifd-join.js";
import type { MultifdItem } from "../../../src/migration/wire/multifd-packet.js";
import { MultifdReader } from "../../../src/migration/wire/multifd-reader.js";
import { MultifdCounter } from "../../../src/migration/wire/multifd-summary.js";
import { MultifdWriter } from "../../../src/migration/wire/multifd-writer.js";
import type { RamSink } from "../../../src/migration/wire/ram-sink.js";
import {
  type ReturnPathMessage,
  ReturnPathReader,
  writeReturnPathMessage,
} from "../../../src/migration/wire/return-path.js";
import type { Command } from "../../../src/migration/wire/stream-item.js";
import { StreamProgress } from "../../../src/migration/wire/stream-progress.js";
import { detectWrapping } from "../../../src/migration/wire/stream-wrapping.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { walk } from "./walk.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const text = (value: string) => ({ text: value });

describe("a command", () => {
  test.each<readonly [hex: string, command: Command]>([
    ["08 0001 0000", { name: "OPEN_RETURN_PATH" }],
    ["08 0002 0004 00000102", { name: "PING", value: 0x102 }],
    ["08 0003 0000", { name: "POSTCOPY_ADVISE" }],
    [
      "08 0003 0010 0000000000201000 0000000000001000",
      { name: "POSTCOPY_ADVISE", pageSizeSummary: 0x201000, targetPageSize: 0x1000 },
    ],
    ["08 0004 0000", { name: "POSTCOPY_LISTEN" }],
    ["08 0005 0000", { name: "POSTCOPY_RUN" }],
    ["08 0006 0004 00 0161 00", { name: "POSTCOPY_RAM_DISCARD", block: "a", ranges: [] }],
    [
      `08 0006 0024 00 0161 00 ${"0000000000001000 0000000000002000".repeat(2)}`,
      {
        ...{ name: "POSTCOPY_RAM_DISCARD", block: "a" },
        ranges: [1, 2].map(() => ({ start: 0x1000, length: 0x2000 })),
      },
    ],
    ["08 0007 0004 00000000", { name: "PACKAGED", length: 0 }],
    ["08 0008 0000", { name: "ENABLE_COLO" }],
    ["08 0009 0000", { name: "POSTCOPY_RESUME" }],
    ["08 000a 0002 0161", { name: "RECV_BITMAP", block: "a" }],
    ["08 000b 0000", { name: "SWITCHOVER_START" }],
  ])("%s", (written, command) => {
    const bytes = bytesOf(written);
    expect(hex(new StreamWriter().command(command).take())).toBe(hex(bytes));
    const items = walk(concat(HEADER, bytes, bytesOf("00"))).items;
    const payload = bytes.subarray(5);
    const place = { offset: 17, size: bytes.length, depth: 0 };
    expect(items[1]).toEqual({ type: "command", ...place, number: bytes[2], command, payload });
  });

  test("with a page size but no target's has 0 for it", () => {
    const writer = new StreamWriter().command({ name: "POSTCOPY_ADVISE", pageSizeSummary: 1 });
    expect(hex(writer.take())).toBe("08000300100000000000000001".padEnd(42, "0"));
  });

  test("with the name of a block of more than 255 bytes is not written", () => {
    const block = "é".repeat(128);
    expect(() => new StreamWriter().command({ name: "RECV_BITMAP", block })).toThrow(
      new RangeError(`"${block}" is longer than 255 bytes`),
    );
  });
});

describe("a message of the return path", () => {
  test.each<readonly [hex: string, message: ReturnPathMessage]>([
    ["0001 0004 00000001", { type: "SHUT", value: 1 }],
    ["0002 0004 00000102", { type: "PONG", value: 0x102 }],
    [
      "0003 000f 0000000000001000 00002000 02 6162",
      { type: "REQ_PAGES", start: 0x1000, length: 0x2000, block: "ab" },
    ],
    ["0004 000c 0000000000001000 00002000", { type: "REQ_PAGES", start: 0x1000, length: 0x2000 }],
    [
      "0005 0002 01 61 0000000000000008 0102030405060708 0123456789abcdef",
      { type: "RECV_BITMAP", block: "a", bitmap: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    ],
    ["0006 0004 00000001", { type: "RESUME_ACK", value: 1 }],
    ["0007 0000", { type: "SWITCHOVER_ACK" }],
  ])("%s", (written, message) => {
    const bytes = bytesOf(written);
    const writer = new ByteWriter("big");
    writeReturnPathMessage(writer, message);
    expect(hex(writer.take())).toBe(hex(bytes));
    const reader = new ReturnPathReader();
    reader.append(concat(bytes, bytes));
    reader.end();
    const size = bytes.length;
    expect([reader.next(), reader.next(), reader.next()]).toEqual([
      { offset: 0, size, message },
      { offset: size, size, message },
      undefined,
    ]);
  });
});

describe("libvirt's header", () => {
  const fixed = (magic: string, words: string) =>
    concat(bytesOf(text(magic), words), new Uint8Array(60));

  test("is written in words of a little-endian host", () => {
    const header = { version: 2, wasRunning: false, compression: "lzop", xml: "<x/>" } as const;
    const expected = concat(
      fixed("LibvirtQemudPart", "02000000 05000000 00000000 04000000"),
      bytesOf(text("<x/>"), "00"),
    );
    expect(hex(writeLibvirtSaveHeader({ ...header, complete: false }))).toBe(hex(expected));
    const running = writeLibvirtSaveHeader({ ...header, wasRunning: true, complete: true });
    expect(hex(running.subarray(0, 32))).toBe(
      hex(fixed("LibvirtQemudSave", "02000000 05000000 01000000 04000000").subarray(0, 32)),
    );
  });

  test.each(["raw", "gzip", "bzip2", "xz", "lzop", "zstd"] as const)(
    "names the compression %s by its number",
    (compression) => {
      const number = ["raw", "gzip", "bzip2", "xz", "lzop", "zstd"].indexOf(compression);
      const bytes = fixed("LibvirtQemudSave", `02000000 00000000 01000000 0${number}000000`);
      expect(readLibvirtSaveHeader(bytes)).toEqual({
        ...{ version: 2, wasRunning: true, complete: true, xml: "" },
        ...{ compression, streamOffset: 92 },
      });
    },
  );

  test("has notes after the XML, and is of the order that makes its version small", () => {
    const big = concat(
      fixed("LibvirtQemudSave", "0000ffff 00000007 00000000 00000000"),
      bytesOf(text("<x/>"), "00", text("ab")),
    );
    expect(readLibvirtSaveHeader(big)).toMatchObject({
      version: 0xffff,
      xml: "<x/>",
      streamOffset: 99,
    });
    const whole = concat(
      fixed("LibvirtQemudSave", "ffff0000 04000000 00000000 00000000"),
      bytesOf(text("<x/>")),
    );
    expect(readLibvirtSaveHeader(whole)).toMatchObject({ version: 0xffff, xml: "<x/>" });
  });
});

test.each([
  ["fd377a585a00", "xz"],
  ["fd377a585a01", "unknown"],
  ["425a68", "bzip2"],
  ["894c5a4f000d0a1a0a", "lzop"],
  ["894c5a4f000d0a1a0b", "unknown"],
  ["1603", "tls"],
  ["1602", "unknown"],
  ["5145564d", "stream"],
  ["08000a", "stream"],
  [Buffer.from("LibvirtQemudSave").toString("hex"), "libvirt"],
  [Buffer.from("LibvirtQemudPart").toString("hex"), "libvirt"],
  [Buffer.from("LibvirtQemudSav").toString("hex"), "unknown"],
  ["514649fb", "qcow2"],
  ["00514649fb", "unknown"],
])("what begins with %s is %s", (head, wrapping) => {
  expect(detectWrapping(bytesOf(head))).toBe(wrapping);
});

describe("a multifd channel", () => {
  const PAGE = 65536;
  const uuid = "000102030405060708090a0b0c0d0e0f";
  const hello = `11223344 00000001 ${uuid} 05 ${"00".repeat(39)}`;
  /** 512 KiB are 8 of these pages: so many offsets has each packet. */
  const offsets = (...pages: number[]) =>
    Array.from({ length: 8 }, (_, index) =>
      (pages[index] ?? 0).toString(16).padStart(16, "0"),
    ).join("");
  const name = (value: string, size = 256) =>
    `${Buffer.from(value).toString("hex")}${"00".repeat(size - Buffer.from(value).length)}`;
  const packet = (flags: string, counts: string, block: string, ...pages: number[]) =>
    `11223344 00000001 ${flags} 00000008 ${counts} ${"00".repeat(28)} ${name(block)} ${offsets(...pages)}`;
  const page = (fill: number) => new Uint8Array(PAGE).fill(fill);

  const channel = concat(
    bytesOf(hello),
    // Normal pages, the payload's size, the packet's number, zero pages.
    bytesOf(
      packet("00000000", "00000002 00020000 0000000000000007 00000001", "a", PAGE, 0, 3 * PAGE),
    ),
    page(1),
    page(2),
    bytesOf(packet("00000001", "00000000 00000000 0000000000000008 00000000", "")),
    bytesOf("11223344 00000001 00000041", name("0000:00:05.0/vfio"), "00000003 00000004 0a0b0c0d"),
  );
  const head = 320 + 64;
  const zeros = (length: number) => new Uint8Array(length);
  const expected = [
    { type: "hello", offset: 0, size: 64, uuid, channel: 5, unused: zeros(39) },
    {
      ...{ type: "pages", offset: 64, size: head + 2 * PAGE, flags: 0, allocated: 8 },
      ...{ packetNumber: 7n, block: "a", normal: [PAGE, 0], zero: [3 * PAGE] },
      payloadSize: 2 * PAGE,
      unused: { head: zeros(28), name: zeros(255), offsets: zeros(40), payloadSize: 0 },
    },
    {
      ...{ type: "pages", offset: 64 + head + 2 * PAGE, size: head, flags: 1, allocated: 8 },
      ...{ packetNumber: 8n, block: "", normal: [], zero: [], payloadSize: 0 },
      unused: { head: zeros(28), name: zeros(256), offsets: zeros(64), payloadSize: 0 },
    },
    {
      ...{ type: "device-state", offset: 64 + 2 * head + 2 * PAGE, size: 280, flags: 65 },
      ...{ idstr: "0000:00:05.0/vfio", instanceId: 3, payloadSize: 4, unused: zeros(239) },
    },
  ];

  /** The items of a channel; payloads are taken. */
  function read(bytes: Uint8Array, pageSize = PAGE) {
    const payloads: Uint8Array[] = [];
    const payload = (_: unknown, data: Uint8Array) => void payloads.push(data.slice());
    const reader = new MultifdReader({ pageSize, payload });
    reader.append(bytes);
    reader.end();
    const items: MultifdItem[] = [];
    for (let item = reader.next(); item; item = reader.next()) items.push(item);
    return { items, payloads };
  }

  test("has its greeting, then packets", () => {
    const { items, payloads } = read(channel);
    expect(items).toEqual(expected);
    expect(payloads).toEqual([concat(page(1), page(2)), bytesOf("0a0b0c0d")]);
    const counter = new MultifdCounter();
    for (const item of items) counter.add(item);
    expect(counter.summary).toEqual({
      ...{ channel: 5, packets: 3, normal: 2, zero: 1, payload: 2 * PAGE },
      ...{ sync: 2, deviceState: 1, end: channel.length },
    });
  });

  test("is written from its items, and from what counts in them", () => {
    const common = { flags: 0, allocated: 8, packetNumber: 7n, block: "a" };
    const writer = new MultifdWriter(PAGE)
      .hello({ uuid: "00010203-0405-0607-0809-0a0b0c0d0e0f", channel: 5 })
      .pages({ ...common, normal: [PAGE, 0], zero: [3 * PAGE] }, concat(page(1), page(2)))
      .pages({ ...common, flags: 1, packetNumber: 8n, block: "", normal: [], zero: [] })
      .deviceState({ flags: 1, idstr: "0000:00:05.0/vfio", instanceId: 3 }, bytesOf("0a0b0c0d"));
    expect(Buffer.compare(writer.take(), channel)).toBe(0);
    // What means nothing is written as it was.
    const odd = channel.slice();
    for (const at of [40, 63, 64 + 36, 64 + 63, 64 + 70, 64 + 319, 64 + 320 + 30, 64 + head - 1])
      odd[at] = 0xee;
    odd[64 + head + 2 * PAGE + 20] = 0x77;
    const { items, payloads } = read(odd);
    const again = new MultifdWriter(PAGE);
    for (const item of items) {
      if (item.type === "hello") again.hello(item);
      else if (item.type === "pages")
        again.pages(item, item.normal.length > 0 ? payloads.shift() : undefined);
      else again.deviceState(item, payloads.shift()!);
    }
    expect(Buffer.compare(again.take(), odd)).toBe(0);
  });

  test("has a bare sync point without room for pages", () => {
    const [item] = read(
      concat(bytesOf(hello), new MultifdWriter(PAGE).sync(9n).take()),
    ).items.slice(1);
    expect(item).toMatchObject({ flags: 1, allocated: 0, packetNumber: 9n, block: "", normal: [] });
  });

  test("takes as many pages as a packet has room for, and names of 256 bytes", () => {
    const pages = (count: number, block = "a") => ({
      ...{ flags: 0, allocated: 8, packetNumber: 0n, block, normal: [] },
      zero: Array.from({ length: count }, () => 0),
    });
    expect(new MultifdWriter(PAGE).pages(pages(8)).length).toBe(head);
    expect(() => new MultifdWriter(PAGE).pages(pages(9))).toThrow(
      new RangeError("9 pages in a packet"),
    );
    const long = "n".repeat(256);
    const written = new MultifdWriter(PAGE).pages(pages(0, long)).take();
    expect(read(concat(bytesOf(hello), written)).items[1]).toMatchObject({ block: long });
    expect(() => new MultifdWriter(PAGE).pages(pages(0, `${long}n`))).toThrow(
      new RangeError(`"${long}n" is too long`),
    );
  });

  test("gives only the first bytes of device state to who does not want all", () => {
    const heads: string[] = [];
    const reader = new MultifdReader({
      ...{ pageSize: PAGE, payload: () => heads.push("payload") },
      deviceState: ({ payloadSize }, first) => heads.push(`${payloadSize} ${hex(first)}`),
    });
    reader.append(bytesOf(hello));
    const state = (payload: string) =>
      new MultifdWriter(PAGE)
        .deviceState({ flags: 0, idstr: "a", instanceId: 0 }, bytesOf(payload))
        .take();
    reader.append(state("0102"));
    reader.append(state("ab".repeat(20)));
    reader.end();
    const sizes = [reader.next(), reader.next(), reader.next()].map((item) => item?.size);
    expect(sizes).toEqual([64, 278, 296]);
    expect(heads).toEqual(["2 0102", `20 ${"ab".repeat(12)}`]);
  });

  describe("joined to the main channel", () => {
    /** The calls that a sink gets from the joined channels. */
    function join(channels: readonly Uint8Array[]) {
      const calls: string[] = [];
      const sink: RamSink = {
        block: ({ name }, size) => calls.push(`block ${name} ${size}`),
        page: ({ name }, address, bytes) => calls.push(`page ${name} ${address} ${bytes[0]}`),
        zero: ({ name }, address) => calls.push(`zero ${name} ${address}`),
        flush: () => calls.push("flush"),
        pageSize: (bytes) => calls.push(`pageSize ${bytes}`),
      };
      const pulls = channels.map((bytes) => {
        const chunks = [bytes.subarray(0, 100), bytes.subarray(100)];
        return () => chunks.shift();
      });
      const joined = new MultifdJoin(pulls, sink);
      joined.block({ name: "a", usedLength: 4 * PAGE }, 4096);
      joined.pageSize(PAGE);
      return { joined, calls };
    }
    const pageCalls = ["zero a 196608", "page a 65536 1", "page a 0 2"];
    const before = ["block a 4096", `pageSize ${PAGE}`];

    test("brings pages at its sync points", () => {
      const { joined, calls } = join([channel]);
      joined.zero({ name: "a", usedLength: 1 }, 5, 0);
      joined.flush();
      expect(calls.slice(0, 3)).toEqual([...before, "zero a 5"]);
      expect(calls.slice(3).sort()).toEqual(["flush", ...pageCalls].sort());
      expect(calls.at(-1)).toBe("flush");
      // The device's state is a sync point, too, which no flush was for.
      expect([joined.missing, joined.finish(), joined.missing]).toEqual([0, 1, 0]);
    });

    test("brings them at the end of a section where there are no such records", () => {
      const { joined, calls } = join([channel, channel]);
      joined.sectionEnd();
      expect(calls.length).toBe(2 + 6);
      joined.sectionEnd();
      joined.sectionEnd();
      expect(joined.missing).toBe(2);
      const other = join([channel]);
      other.joined.flush();
      other.joined.sectionEnd();
      expect(other.joined.finish()).toBe(1);
    });
  });

  test("has pages compressed as one stream over its packets, or says why not", () => {
    const sizes: number[] = [];
    const calls: string[] = [];
    const compress = (fill: number) => new Uint8Array(deflateSync(page(fill)));
    const written = (flags: number, payload: Uint8Array) =>
      new MultifdWriter(PAGE)
        .hello({ uuid: "", channel: 0 })
        .pages(
          { flags: flags | 1, allocated: 8, packetNumber: 3n, block: "a", normal: [0], zero: [] },
          payload,
        )
        .take();
    const take = (bytes: Uint8Array) => {
      const sink: RamSink = { page: (_, __, data) => sizes.push(data.length, data[0]!) };
      const chunks = [bytes];
      const joined = new MultifdJoin([() => chunks.shift()], sink);
      joined.block({ name: "a", usedLength: PAGE }, PAGE);
      try {
        joined.flush();
      } catch (error) {
        calls.push((error as Error).message);
      }
    };
    take(written(2, compress(5)));
    expect([sizes, calls]).toEqual([[PAGE, 5], []]);
    take(written(8, compress(5)));
    take(written(2, compress(5).subarray(0, 20)));
    take(written(2, new Uint8Array(deflateSync(new Uint8Array(PAGE + 1)))));
    expect(sizes.length).toBe(2);
    expect(calls).toEqual([
      "qpl pages: qpl cannot be undone here at byte 0x40 in packet 0, packet 3",
      expect.stringMatching(
        /^zlib pages: \d+ bytes instead of 65536 at byte 0x40 in packet 0, packet 3$/,
      ),
      `zlib pages: more than 65536 bytes at byte 0x40 in packet 0, packet 3`,
    ]);
  });
});

test("an observer gets what is read before an item is complete", () => {
  const calls: unknown[] = [];
  const stream = concat(
    HEADER,
    bytesOf("08 0002 0004 00000001"),
    bytesOf("04 00000007 0a", text("spapr/htab"), "00000003 00000001 00000012 7e 00000007 00"),
  );
  walk(stream, {
    observer: {
      header: () => calls.push("header"),
      item: (type, offset) => calls.push(["item", type, offset]),
      section: ({ idstr, instanceId }) => calls.push(["section", idstr, instanceId]),
      sectionData: ({ sectionId }) => calls.push(["data", sectionId]),
      command: (name, length) => calls.push(["command", name, length]),
    },
  });
  expect(calls).toEqual([
    "header",
    ["item", 7, 8],
    ["item", 8, 17],
    ["command", "PING", 4],
    ["item", 4, 26],
    ["section", "spapr/htab", 3],
    ["data", 7],
    ["item", 0, 59],
  ]);
});

describe("progress", () => {
  const ram = (type: string, body: string) =>
    bytesOf(
      type,
      "00000002",
      type === "01" ? "03 72616d 00000000 00000004" : "",
      body,
      "0000000000000010 7e 00000002",
    );
  const list = ram("01", "0000000000004004 01 61 0000000000004000");
  const zeros = (...pages: number[]) =>
    pages
      .map(
        (page, index) => `00000000 0000${page.toString(16)}0${index === 0 ? "02 01 61" : "22"} 00`,
      )
      .join("");
  const progressAfter = (...parts: readonly Uint8Array[]) => {
    const progress = new StreamProgress();
    for (const part of [HEADER, ...parts]) progress.take(part);
    return progress.snapshot();
  };

  test("is reported in phases", () => {
    const start = { machine: "none", memory: 0, pageSize: 4096, round: 0, pages: 0, pings: 0 };
    // What follows the configuration shows that it is complete.
    expect(progressAfter(bytesOf("08 0001 0000"))).toMatchObject({
      ...start,
      phase: "setup",
      returnPath: true,
    });
    expect(progressAfter(list)).toMatchObject({
      phase: "setup",
      memory: 0x4000,
      pagesLeft: 4,
      items: 2,
    });
    const parts = [list, ram("02", zeros(0, 1, 2))];
    expect(progressAfter(...parts)).toMatchObject({
      phase: "precopy",
      round: 1,
      pages: 3,
      pagesLeft: 1,
    });
    parts.push(ram("02", zeros(1)));
    expect(progressAfter(...parts)).toMatchObject({ round: 2, pages: 1, pagesLeft: 2 });
    parts.push(ram("02", zeros(2, 3)), ram("02", zeros(3)));
    expect(progressAfter(...parts)).toMatchObject({ round: 3, pages: 1, pagesLeft: 2 });
    expect(progressAfter(...parts, bytesOf("08 000b 0000"))).toMatchObject({ phase: "switchover" });
    parts.push(ram("03", ""));
    expect(progressAfter(...parts)).toMatchObject({ phase: "switchover", failure: undefined });
    parts.push(bytesOf("04 00000009 01 62 00000000 00000001"));
    expect(progressAfter(...parts)).toMatchObject({ phase: "devices" });
    parts.push(bytesOf("aa 7e 00000009 00"));
    const progress = new StreamProgress();
    for (const part of [HEADER, ...parts]) progress.take(part);
    progress.end();
    expect(progress.snapshot()).toMatchObject({ phase: "end", items: 9, failure: undefined });
  });

  test("of postcopy stays that, and has one round more at most", () => {
    const packaged = bytesOf("08 0007 0004 0000000a 08 0004 0000 08 0005 0000");
    const parts = [list, bytesOf("08 0003 0000"), ram("02", zeros(0, 1)), packaged];
    expect(progressAfter(...parts, ram("02", zeros(1)), ram("02", zeros(0)))).toMatchObject({
      ...{ phase: "postcopy", round: 2, pages: 2 },
    });
  });

  test("does not move where the stream is broken", () => {
    const progress = new StreamProgress();
    progress.take(concat(HEADER, list, bytesOf("ff")));
    const { failure, items, ...rest } = progress.snapshot();
    expect([failure?.message, items]).toEqual(["unknown item type 0xff at byte 0x41", 2]);
    progress.take(ram("02", zeros(0)));
    progress.end();
    expect(progress.snapshot()).toEqual({ ...rest, failure, items });
    expect(progress.memory).toBe(0x4000);
  });

  test("counts pages of multifd channels between the main channel's sync points", () => {
    const progress = new StreamProgress();
    const packets = (normal: number, zero: number) =>
      new MultifdWriter()
        .pages(
          {
            ...{ flags: 0, allocated: 128, packetNumber: 0n, block: "a" },
            normal: Array.from({ length: normal }, () => 0),
            zero: Array.from({ length: zero }, () => 0),
          },
          new Uint8Array(4096 * normal),
        )
        .take();
    progress.take(concat(HEADER, list));
    for (const channel of [0, 1])
      progress.takeMultifd(channel, new MultifdWriter().hello({ uuid: "", channel }).take());
    progress.takeMultifd(0, packets(1, 1));
    progress.takeMultifd(1, packets(0, 1));
    expect(progress.snapshot()).toMatchObject({ round: 1, pages: 3, pagesLeft: 1 });
    const flush = ram("02", "0000000000000200");
    progress.take(flush);
    progress.takeMultifd(0, packets(0, 2));
    expect(progress.snapshot()).toMatchObject({ round: 2, pages: 2, pagesLeft: 1 });
    progress.take(concat(flush, flush));
    progress.takeMultifd(0, packets(0, 1));
    expect(progress.snapshot()).toMatchObject({ round: 3, pages: 1, pagesLeft: 1 });
    progress.takeMultifd(1, bytesOf("11223344 00000002 00000000"));
    expect(progress.snapshot().failure?.message).toContain("multifd version 2");
  });
});
