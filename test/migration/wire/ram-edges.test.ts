/** The edges of what is checked of RAM: the block list, records, mapped-ram, XBZRLE, multifd. */

import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readFed } from "../../../src/bytes/fed-reader.js";
import { MultifdChannelPages } from "../../../src/migration/wire/multifd-pages.js";
import { MultifdReader } from "../../../src/migration/wire/multifd-reader.js";
import type { RamSink } from "../../../src/migration/wire/ram-sink.js";
import type { StreamReaderOptions } from "../../../src/migration/wire/stream-reader-options.js";
import { applyXbzrle } from "../../../src/migration/wire/xbzrle.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { testEdges } from "./edges.js";
import { walk } from "./walk.js";

const text = (value: string) => ({ text: value });
const hex = (value: number, bytes: number) => value.toString(16).padStart(2 * bytes, "0");
const u32 = (value: number) => hex(value, 4);
const u64 = (value: number) => hex(value, 8);
const page = "ab".repeat(4096);

/** The section `ram` after a header: `data` is that of START, at byte 0x22 of the stream. */
function ramStream(data: string | Uint8Array, version = 4, header = HEADER): Uint8Array {
  const head = bytesOf("01 00000002 03", text("ram"), "00000000", u32(version));
  const bytes = typeof data === "string" ? bytesOf(data) : data;
  return concat(header, head, bytes, bytesOf("7e 00000002 00"));
}

function read(stream: Uint8Array, options: StreamReaderOptions = {}): void {
  for (const chunk of [stream.length, 1000]) {
    const { error } = walk(stream, options, chunk);
    if (error) throw error;
  }
}

/** Two pages of 4096 bytes, called `a`. */
const LIST = `${u64(8192 + 4)} 0161 ${u64(8192)}`;
const EOS = u64(0x10);
/** Where the first record lies. */
const AT = "0x34";

describe("the section", () => {
  testEdges(
    [
      {
        check: "is not of a version above 4",
        fits: ramStream(EOS, 4),
        violates: ramStream(EOS, 5),
        message: 'ram of version 5 at byte 0x1e in section 2 "ram"',
      },
      {
        check: "is not of a version below 4",
        fits: ramStream(EOS, 4),
        violates: ramStream(EOS, 3),
        message: 'ram of version 3 at byte 0x1e in section 2 "ram"',
      },
    ],
    read,
  );
});

describe("the block list", () => {
  const blocks = (count: number) => {
    const empty = Array.from({ length: count - 1 }, () => `0161 ${u64(0)}`);
    return ramStream(`${u64(4096 + 4)} ${empty.join("")} 0162 ${u64(4096)} ${EOS}`);
  };
  testEdges(
    [
      {
        check: "has blocks of the total together, not of more",
        fits: ramStream(`${u64(8192 + 4)} 0161 ${u64(8192)} ${EOS}`),
        violates: ramStream(`${u64(8192 + 4)} 0161 ${u64(8193)} ${EOS}`),
        message: 'block of 8193 bytes, only 8192 are left at byte 0x2c in section 2 "ram"',
      },
      {
        check: "has no block beyond the total that others leave",
        fits: ramStream(`${u64(8192 + 4)} 0161 ${u64(4096)} 0162 ${u64(4096)} ${EOS}`),
        violates: ramStream(`${u64(8192 + 4)} 0161 ${u64(4096)} 0162 ${u64(4097)} ${EOS}`),
        message: "block of 4097 bytes, only 4096 are left",
      },
      {
        check: "has blocks of the total together, not of less",
        fits: ramStream(`${u64(8192 + 4)} 0161 ${u64(8192)} ${EOS}`),
        violates: ramStream(`${u64(8192 + 4)} 0161 ${u64(8191)} ${EOS}`),
        message: "only 1 are left",
      },
      {
        check: "has at most 4096 blocks",
        fits: blocks(4096),
        violates: blocks(4097),
        message: "too many RAM blocks",
      },
      {
        check: "has lengths below 2^53",
        fits: ramStream(`${u64(8192 + 4)} 0161 001fffffffffffff ${EOS}`),
        otherwise: "block of 9007199254740991 bytes",
        violates: ramStream(`${u64(8192 + 4)} 0161 0020000000000000 ${EOS}`),
        message: "used length of 2^53 or more at byte 0x2c",
      },
    ],
    read,
  );

  test.each([
    ["4096 is a page size of the host", u64(4096), 4096],
    ["2 MiB is one", u64(2 ** 21), 2 ** 21],
    ["2048 is none: a record of address 0x800", u64(2048), undefined],
    ["6144 is no power of two", u64(6144), undefined],
    ["2^53 is none", "0020000000000000", undefined],
    ["2^52 is one", "0010000000000000", 2 ** 52],
  ])("where postcopy was advised, %s", (_, size, expected) => {
    const advise = bytesOf("08 0003 0010", u64(4096), u64(4096));
    const stream = ramStream(`${LIST} ${size} ${EOS}`, 4, concat(HEADER, advise));
    const found: unknown[] = [];
    walk(stream, { ram: { block: (block) => found.push(block.hostPageSize) } });
    expect(found).toEqual([expected]);
  });
});

describe("records", () => {
  const records = (...parts: readonly string[]) => ramStream([LIST, ...parts, EOS].join(" "));
  const zero = (address: number) => `${u64(address + 0x02)} 0161 00`;
  const again = (address: number) => `${u64(address + 0x22)} 00`;
  const whole = (address: number) => `${u64(address + 0x08)} 0161 ${page}`;
  const wholeAgain = (address: number) => `${u64(address + 0x28)} ${page}`;
  const xbzrle = (encoding: string, length: number, flags = 0x40) =>
    `${u64(flags)} ${flags & 0x20 ? "" : "0161"} ${encoding} ${hex(length, 2)} ${"aa".repeat(length)}`;
  const compressed = (length: number) => `${u64(0x100)} 0161 ${u32(length)} ${"aa".repeat(length)}`;
  const edges = [
    {
      check: "a zero page begins within its block",
      fits: records(zero(4096)),
      violates: records(zero(8192)),
      message: `address 0x2000 beyond a at byte ${AT} in section 2 "ram"`,
    },
    {
      check: "a zero page of the block before begins within it",
      fits: records(zero(0), again(4096)),
      violates: records(zero(0), again(8192)),
      message: "address 0x2000 beyond a at byte 0x3f",
    },
    {
      check: "a page begins within its block",
      fits: records(whole(4096)),
      violates: records(whole(8192)),
      message: `address 0x2000 beyond a at byte ${AT}`,
    },
    {
      check: "a page of the block before begins within it",
      fits: records(zero(0), wholeAgain(4096)),
      violates: records(zero(0), wholeAgain(8192)),
      message: "address 0x2000 beyond a at byte 0x3f",
    },
    {
      check: "a page begins where a page does",
      fits: records(whole(4096)),
      violates: records(whole(2048)),
      message: `address 0x800 within a page at byte ${AT}`,
    },
    {
      check: "a page of the block before begins where a page does",
      fits: records(zero(0), wholeAgain(4096)),
      violates: records(zero(0), wholeAgain(1024)),
      message: "address 0x400 within a page at byte 0x3f",
    },
    {
      check: "CONTINUE has a block before it",
      fits: records(zero(0), again(0)),
      violates: records(again(0)),
      message: `CONTINUE without a RAM block before at byte ${AT}`,
    },
    {
      check: "the block was listed",
      fits: records(`${u64(0x02)} 0161 00`),
      violates: records(`${u64(0x02)} 0162 00`),
      message: `page of unknown RAM block "b" at byte ${AT}`,
    },
    {
      check: "flags name one kind of record",
      fits: records(`${u64(0x02)} 0161 00`),
      violates: records(`${u64(0x03)} 0161 00`),
      message: `RAM record with flags 0x3 at byte ${AT}`,
    },
    {
      check: "flags name a kind of record",
      fits: records(u64(0x200)),
      violates: records(u64(0x00)),
      message: `RAM record with flags 0x0 at byte ${AT}`,
    },
    {
      check: "XBZRLE is of encoding 1, not 2",
      fits: records(xbzrle("01", 1)),
      violates: records(xbzrle("02", 1)),
      message: "XBZRLE encoding 2, 1 bytes at byte 0x3e",
    },
    {
      check: "XBZRLE is of encoding 1, not 0",
      fits: records(xbzrle("01", 1)),
      violates: records(xbzrle("00", 1)),
      message: "XBZRLE encoding 0, 1 bytes at byte 0x3e",
    },
    {
      check: "XBZRLE is not longer than a page",
      fits: records(xbzrle("01", 4096)),
      violates: records(xbzrle("01", 4097)),
      message: "XBZRLE encoding 1, 4097 bytes at byte 0x3e",
    },
    {
      check: "a compressed page is not longer than two pages",
      fits: records(compressed(8192)),
      violates: records(compressed(8193)),
      message: "compressed page of 8193 bytes at byte 0x3e",
    },
  ];
  describe("with a page size that is known", () => {
    testEdges(edges, (stream) => read(stream, { pageSize: 4096 }));
  });
  describe("that are given to a sink", () => {
    const sink: RamSink = { page() {}, zero() {}, xbzrle() {}, compressed() {}, flush() {} };
    testEdges(edges, (stream) => read(stream, { pageSize: 4096, ram: sink }));
  });

  test("the same block is meant by all kinds of records with CONTINUE", () => {
    const seen: string[] = [];
    const ram: RamSink = {
      page: ({ name }, address) => seen.push(`page ${name} ${address}`),
      zero: ({ name }, address, fill) => seen.push(`zero ${name} ${address} ${fill}`),
      xbzrle: ({ name }, address, { length }) => seen.push(`xbzrle ${name} ${address} ${length}`),
      compressed: ({ name }, address, { length }) =>
        seen.push(`deflated ${name} ${address} ${length}`),
    };
    const stream = records(
      ...[zero(0), wholeAgain(4096), xbzrle("01", 3, 0x60)],
      ...[`${u64(4096 + 0x120)} ${u32(2)} aabb`, `${u64(0x22)} 07`],
    );
    read(stream, { pageSize: 4096, ram });
    const once = ["zero a 0 0", "page a 4096", "xbzrle a 0 3", "deflated a 4096 2", "zero a 0 7"];
    expect(seen).toEqual([...once, ...once]);
  });
});

describe("mapped-ram", () => {
  const header = bytesOf(
    ...["5145564d 00000003 07 00000001 6d 05 1a", text("configuration/capabilities")],
    ...["00000001 00000001 0a", text("mapped-ram")],
  );
  /** Bytes up to the end of the first block's header. */
  const END = header.length + 17 + 8 + 2 + 8 + 28;
  interface Block {
    readonly version?: number;
    readonly pageSize?: string;
    readonly bitmap?: number;
    readonly pages?: number;
    readonly size?: number;
  }
  const block = ({ version = 1, pageSize = u64(4096), bitmap, pages, size = 8192 }: Block) => {
    const bitmapAt = bitmap ?? END;
    const head = `${u32(version)} ${pageSize} ${u64(bitmapAt)} ${u64(pages ?? bitmapAt + 8)}`;
    const list = `${u64(size + 4)} 0161 ${u64(size)} ${head}`;
    return ramStream(`${list} ${"00".repeat(8)} ${"ab".repeat(8192)} ${EOS}`, 4, header);
  };
  const at = (offset: number) => `0x${offset.toString(16)}`;
  const start = END - 28;
  testEdges(
    [
      {
        check: "is of version 1, not 2",
        fits: block({ version: 1 }),
        violates: block({ version: 2 }),
        message: `mapped-ram version 2 at byte ${at(start)}`,
      },
      {
        check: "is of version 1, not 0",
        fits: block({ version: 1 }),
        violates: block({ version: 0 }),
        message: `mapped-ram version 0 at byte ${at(start)}`,
      },
      {
        check: "has pages of 512 bytes or more",
        fits: block({ pageSize: u64(512) }),
        violates: block({ pageSize: u64(256) }),
        message: `page size 256 at byte ${at(start + 4)}`,
      },
      {
        check: "has pages of a power of two",
        fits: block({ pageSize: u64(4096) }),
        violates: block({ pageSize: u64(4097) }),
        message: `page size 4097 at byte ${at(start + 4)}`,
      },
      {
        check: "has its bitmap after the header",
        fits: block({ bitmap: END }),
        violates: block({ bitmap: END - 1 }),
        message: `bitmap at ${at(END - 1)}, before the header at byte ${at(END)}`,
      },
      {
        check: "has its pages after the bitmap",
        fits: block({ pages: END + 8 }),
        violates: block({ pages: END + 7 }),
        message: `pages at ${at(END + 7)}, before the header at byte ${at(END + 8)}`,
      },
      {
        check: "has a bitmap of 256 MiB at most, where it is wanted",
        fits: block({ size: 2 ** 43 }),
        otherwise: "cut short",
        violates: block({ size: 2 ** 43 + 1024 }),
        message: "a bitmap of 268435464 bytes",
      },
    ],
    (stream) => read(stream, { ram: { page() {}, mapped() {} } }),
  );

  test("offsets of 0 are those of an ignored block, of which nothing follows", () => {
    const ignored = `${u64(8192 + 4)} 0161 ${u64(8192)} ${u32(1)} ${u64(4096)} ${u64(0)} ${u64(0)}`;
    const { items, error } = walk(ramStream(`${ignored} ${EOS}`, 4, header));
    expect(error).toBeUndefined();
    expect(items[1]).toMatchObject({ blocks: [{ name: "a", usedLength: 8192, ignored: true }] });
    const half = ignored.slice(0, -16) + u64(END);
    expect(walk(ramStream(`${half} ${EOS}`, 4, header)).error?.message).toContain("bitmap at 0x0");
  });

  test.each([
    [1, "80", [7]],
    [8, "01", [0]],
    [9, "0001", [8]],
    [65, `${"00".repeat(8)}01`, [64]],
  ])(
    "of %i pages, the bit of a page is counted from the lowest of each byte",
    (count, bits, set) => {
      const pages = Math.max(count, set[0]! + 1);
      const size = pages * 1024;
      const bitmap = bits.padEnd(Math.ceil(pages / 64) * 16, "0");
      const head = `${u32(1)} ${u64(1024)} ${u64(END)} ${u64(END + bitmap.length / 2)}`;
      const data = `${u64(size + 4)} 0161 ${u64(size)} ${head} ${bitmap} ${"cd".repeat(size)} ${EOS}`;
      const seen: number[] = [];
      const ram: RamSink = { page: (_, address, bytes) => seen.push(address / 1024, bytes.length) };
      const { items, error } = walk(ramStream(data, 4, header), { ram });
      expect(error).toBeUndefined();
      expect(seen).toEqual([set[0], 1024]);
      expect(items[1]).toMatchObject({ ram: { mapped: 1 } });
    },
  );
});

describe("XBZRLE of a page", () => {
  testEdges(
    [
      {
        check: "ends with the page",
        fits: bytesOf("ff1f 01 aa"),
        violates: bytesOf("8020 01 aa"),
        message: "1 new bytes at 4096 of a page at byte 0x3",
      },
      {
        check: "has new bytes up to the page's end",
        fits: bytesOf("fe1f 02 aaaa"),
        violates: bytesOf("ff1f 02 aaaa"),
        message: "2 new bytes at 4095 of a page at byte 0x3",
      },
      {
        check: "has all of its new bytes",
        fits: bytesOf("00 02 aaaa"),
        violates: bytesOf("00 03 aaaa"),
        message: "cut short: 3 bytes wanted, 2 left at byte 0x2",
      },
      {
        check: "has new bytes after unchanged ones",
        fits: bytesOf("00 01 aa"),
        violates: bytesOf("00 01 aa 05"),
        message: "no new bytes behind unchanged at byte 0x4",
      },
      {
        check: "has at least one new byte",
        fits: bytesOf("05 01 aa"),
        violates: bytesOf("05 00 aa"),
        message: "0 new bytes at 5 of a page at byte 0x2",
      },
      {
        check: "has unchanged bytes between new ones",
        fits: bytesOf("00 01 aa 01 01 aa"),
        violates: bytesOf("00 01 aa 00 01 aa"),
        message: "no unchanged bytes at byte 0x3",
      },
      {
        check: "has counts of two bytes at most",
        fits: bytesOf("807f"),
        otherwise: "no new bytes behind unchanged",
        violates: bytesOf("8080"),
        message: "count of more than two bytes at byte 0x0",
      },
    ],
    (encoded) => applyXbzrle(new Uint8Array(4096), encoded),
  );
});

describe("a multifd channel", () => {
  const hello = (magic = "11223344", version = "00000001") =>
    bytesOf(magic, version, "00".repeat(16), "07", "00".repeat(39));
  interface Packet {
    readonly magic?: string;
    readonly version?: number;
    readonly flags?: number;
    readonly allocated?: number;
    readonly normal?: readonly number[];
    readonly zero?: readonly number[];
    readonly counts?: readonly [normal: number, zero: number];
    readonly size?: number;
    readonly block?: string;
    readonly payload?: Uint8Array;
  }
  /** A packet for pages of 4096 bytes, all of whose 128 offsets are there. */
  const packet = ({
    magic = "11223344",
    version = 1,
    flags = 0,
    allocated = 128,
    normal = [],
    zero = [],
    block = "a",
    payload = new Uint8Array(4096 * normal.length),
    size = payload.length,
    counts = [normal.length, zero.length],
  }: Packet) => {
    const offsets = [...normal, ...zero].map(u64).join("");
    return concat(
      bytesOf(magic, u32(version), u32(flags), u32(allocated), u32(counts[0]), u32(size)),
      bytesOf(
        u64(9),
        u32(counts[1]),
        "00".repeat(28),
        text(block),
        "00".repeat(256 - block.length),
      ),
      bytesOf(offsets.padEnd(2 * 8 * 128, "0")),
      payload,
    );
  };
  const channel = (one: Packet) => concat(hello(), packet(one));
  const readChannel = (bytes: Uint8Array) => {
    const reader = new MultifdReader();
    reader.append(bytes);
    reader.end();
    return [...readFed(reader)];
  };

  describe("is read", () => {
    testEdges(
      [
        {
          check: "the greeting has its magic",
          fits: hello(),
          violates: hello("11223345"),
          message: "no multifd channel: magic 0x11223345 at byte 0x0 in greeting",
        },
        {
          check: "the greeting is of version 1",
          fits: hello(),
          violates: hello("11223344", "00000002"),
          message: "multifd version 2 at byte 0x4 in greeting",
        },
        {
          check: "the greeting is whole",
          fits: hello(),
          violates: hello().subarray(0, 63),
          message: "cut short: 64 bytes wanted, 63 left at byte 0x0 in greeting",
        },
        {
          check: "it is not encrypted",
          fits: concat(bytesOf("1602"), new Uint8Array(62)),
          otherwise: "no multifd channel",
          violates: concat(bytesOf("1603"), new Uint8Array(62)),
          message: "the channel is encrypted",
        },
        {
          check: "a packet has its magic",
          fits: channel({}),
          violates: channel({ magic: "11223343" }),
          message: "magic 0x11223343 at byte 0x40 in packet 0",
        },
        {
          check: "a packet is of version 1",
          fits: channel({ version: 1 }),
          violates: channel({ version: 0 }),
          message: "multifd version 0 at byte 0x44 in packet 0",
        },
        {
          check: "a packet has room for 512 KiB of pages at most",
          fits: channel({ allocated: 128 }),
          violates: channel({ allocated: 129 }),
          message: "room for 129 pages at byte 0x4c in packet 0",
        },
        {
          check: "normal pages are not more than there is room for",
          fits: channel({ allocated: 1, normal: [0] }),
          violates: channel({ allocated: 0, normal: [0] }),
          message: "1 + 0 pages of 0 at byte 0x50 in packet 0",
        },
        {
          check: "zero pages are not more than normal ones leave room for",
          fits: channel({ allocated: 2, normal: [0], zero: [4096] }),
          violates: channel({ allocated: 1, normal: [0], zero: [4096] }),
          message: "1 + 1 pages of 1 at byte 0x50 in packet 0",
        },
        {
          check: "a payload is not longer than its pages",
          fits: channel({ normal: [0] }),
          violates: channel({ normal: [0], size: 4097 }),
          message: "payload of 4097 bytes for 4096 of pages at byte 0x54 in packet 0",
        },
        {
          check: "a payload is not shorter than its pages",
          fits: channel({ normal: [0] }),
          violates: channel({ normal: [0], size: 4095 }),
          message: "payload of 4095 bytes for 4096 of pages at byte 0x54 in packet 0",
        },
        {
          check: "a compressed payload is not twice its pages and 4 KiB more",
          fits: channel({ flags: 2, normal: [0], payload: new Uint8Array(12288) }),
          violates: channel({ flags: 2, normal: [0], payload: new Uint8Array(12289) }),
          message: "payload of 12289 bytes for 4096 of pages at byte 0x54 in packet 0",
        },
        {
          check: "an offset is below 2^53",
          fits: channel({ normal: [2 ** 53 - 1] }),
          violates: channel({ normal: [2 ** 53] }),
          message: "page offset of 2^53 or more",
        },
        ...[2, 4, 8, 16, 32].map((flags) => ({
          check: `flags ${flags} name one compression, and no second`,
          fits: channel({ flags }),
          violates: channel({ flags: flags | (flags === 2 ? 4 : 2) }),
          message: /flags 0x(6|a|12|22) at byte 0x48 in packet 0/,
        })),
      ],
      readChannel,
    );

    test.each([
      ["255 bytes and a 0", "n".repeat(255)],
      ["256 bytes and no 0", "n".repeat(256)],
    ])("a block's name of %s", (_, block) => {
      expect(readChannel(channel({ block }))[1]).toMatchObject({ block });
    });
  });

  describe("brings its pages to their block", () => {
    const blocks = new Map([["a", { name: "a", usedLength: 8192 }]]);
    const bring = (one: Packet) => {
      const pages = new MultifdChannelPages(undefined, blocks, { page() {}, zero() {} }, 4096);
      pages.append(channel(one));
      pages.end();
      pages.step();
    };
    const deflated = (length: number) => {
      const stream = zlibSync(new Uint8Array(length));
      return { flags: 2, normal: [0], payload: stream };
    };
    testEdges<Packet>(
      [
        {
          check: "a page ends within its block",
          fits: { normal: [4096] },
          violates: { normal: [4097] },
          message: "page 0x1001 beyond a at byte 0x40",
        },
        {
          check: "a zero page ends within its block",
          fits: { zero: [4096] },
          violates: { zero: [4097] },
          message: "page 0x1001 beyond a at byte 0x40",
        },
        {
          check: "each of the pages does",
          fits: { normal: [0, 4096] },
          violates: { normal: [0, 8192] },
          message: "page 0x2000 beyond a at byte 0x40",
        },
        {
          check: "normal pages are of a block that is listed",
          fits: { block: "a", normal: [0] },
          violates: { block: "b", normal: [0] },
          message: 'pages of unknown RAM block "b" at byte 0x40',
        },
        {
          check: "zero pages are of a block that is listed",
          fits: { block: "a", zero: [0] },
          violates: { block: "b", zero: [0] },
          message: 'pages of unknown RAM block "b" at byte 0x40',
        },
        {
          check: "compressed pages are not shorter than the pages",
          fits: deflated(4096),
          violates: deflated(4095),
          message: "zlib pages: 4095 bytes instead of 4096 at byte 0x40",
        },
        {
          check: "compressed pages are not longer than the pages",
          fits: deflated(4096),
          violates: deflated(4097),
          message: "zlib pages: more than 4096 bytes at byte 0x40",
        },
        {
          check: "a compression that needs hardware is not undone",
          fits: deflated(4096),
          violates: { ...deflated(4096), flags: 8 },
          message: "qpl pages: qpl cannot be undone here at byte 0x40",
        },
      ],
      bring,
    );

    test("a packet without pages needs no block", () => {
      expect(() => bring({ block: "b", flags: 1 })).not.toThrow();
    });
  });
});
