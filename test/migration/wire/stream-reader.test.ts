import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { skip } from "../../../src/bytes/steps.js";
import { itemToJson } from "../../../src/migration/wire/item-json.js";
import { writeRamBlockList } from "../../../src/migration/wire/ram-block-list.js";
import type { SectionDecoder } from "../../../src/migration/wire/stream-reader-options.js";
import { countAllocations } from "../../support/allocations.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { walk } from "./walk.js";

const EOF = bytesOf("00");

/** What reading these items behind a header ends with. */
function failure(...items: readonly Uint8Array[]) {
  return walk(concat(HEADER, ...items)).error?.message;
}

describe("what begins a stream", () => {
  test("magic that is not QEVM", () => {
    expect(walk(bytesOf("5145564c 00000003")).error?.message).toBe(
      'not a migration stream: magic 0x5145564c, not "QEVM" at byte 0x0',
    );
  });

  test("version 2", () => {
    expect(walk(bytesOf("5145564d 00000002")).error?.message).toBe(
      "not a migration stream of version 3: version 2 is of before 2009 at byte 0x4",
    );
  });

  test("an empty input", () => {
    expect(walk(new Uint8Array(0)).error?.message).toContain("cut short");
  });

  test("without configuration, as machine types before 2.4 have it, footers may lack", () => {
    const full = bytesOf("04 00000001 03", { text: "dma" }, "00000000 00000001 aabbcc");
    const field = { name: "x", type: "buffer", size: 3 };
    const device = { name: "dma", instanceId: 0, vmsdName: "dma", version: 1, fields: [field] };
    const description = { pageSize: 4096, devices: [{ ...device, subsections: [] }] };
    const { items } = walk(concat(HEADER.subarray(0, 8), full, EOF), { description });
    expect(items.map(itemToJson)).toMatchObject([
      { type: 4, footer: false, size: 20 },
      { type: 0 },
    ]);
  });
});

describe("items that are none", () => {
  test("an unknown type", () => {
    expect(failure(bytesOf("09"))).toBe("unknown item type 0x9 at byte 0x11");
  });

  test("a second configuration", () => {
    expect(failure(HEADER.subarray(8))).toBe("unknown item type 0x7 at byte 0x11");
  });

  test("bytes behind the end", () => {
    expect(failure(bytesOf("00 01"))).toBe("bytes behind the end at byte 0x12");
  });
});

describe("commands", () => {
  test("0 and those past the last one", () => {
    expect(failure(bytesOf("08 0000 0000"))).toBe("unknown command 0 at byte 0x12");
    expect(failure(bytesOf("08 000c 0000"))).toBe("unknown command 12 at byte 0x12");
  });

  test("SWITCHOVER_START with a payload", () => {
    expect(failure(bytesOf("08 000b 0001 00"))).toBe(
      "SWITCHOVER_START with 1 bytes of payload, not 0 at byte 0x14",
    );
  });

  test("a payload that its length cuts short", () => {
    expect(failure(bytesOf("08 0003 0008 0000000000001000"))).toBe(
      "cut short: 4 bytes wanted, 0 left at byte 0x1e in command POSTCOPY_ADVISE",
    );
  });

  test("the observer is told of a length before it is refused", () => {
    const seen: unknown[] = [];
    const observer = { command: (name: string, length: number) => seen.push([name, length]) };
    walk(concat(HEADER, bytesOf("08 0002 0003 000000")), { observer });
    expect(seen).toEqual([["PING", 3]]);
  });

  test("a package gives its items with depth 1, at offsets of the stream", () => {
    const packaged = bytesOf("08 0007 0004 0000000e", "08 0004 0000", "08 0002 0004 00000003");
    const { items, error } = walk(concat(HEADER, packaged, EOF));
    expect(error).toBeUndefined();
    expect(items.slice(1).map(itemToJson)).toEqual([
      { offset: 17, type: 8, command: 7, name: "PACKAGED", payload: "0000000e", size: 9 },
      { offset: 26, type: 8, depth: 1, command: 4, name: "POSTCOPY_LISTEN", payload: "", size: 5 },
      { offset: 31, type: 8, depth: 1, command: 2, name: "PING", payload: "00000003", size: 9 },
      { offset: 40, type: 0, size: 1 },
    ]);
  });

  test("a package that ends within an item", () => {
    expect(failure(bytesOf("08 0007 0004 00000007", "08 0004 0000", "08 0004 0000"))).toBe(
      "a package of 7 bytes ends within an item at byte 0x1f",
    );
  });

  test("a package in a package", () => {
    expect(failure(bytesOf("08 0007 0004 00000010", "08 0007 0004 00000000"))).toContain(
      "PACKAGED within PACKAGED",
    );
  });
});

describe("sections", () => {
  const start = (writer = new ByteWriter("big")) => {
    writer.bytes(bytesOf("01 00000001 03", { text: "ram" }, "00000000 00000004"));
    writeRamBlockList(writer, [{ name: "pc.ram", usedLength: 8192 }]);
    return writer.u64(0x10).take();
  };
  const footer = bytesOf("7e 00000001");

  test("a footer of another section", () => {
    expect(failure(start(), bytesOf("7e 00000002"))).toBe(
      'footer of section 2 at byte 0x42 in section 1 "ram"',
    );
  });

  test("no footer", () => {
    expect(failure(start(), bytesOf("0001"))).toContain("no footer, but 0x0");
  });

  test("no footer behind the first section means none at all, where the property is off", () => {
    const part = bytesOf("02 00000001 0000000000000010");
    const { items, error } = walk(concat(HEADER, start(), part, EOF));
    expect(error).toBeUndefined();
    expect(items.map(itemToJson).slice(1)).toMatchObject([
      { type: 1, footer: false },
      { type: 2, footer: false },
      { type: 0 },
    ]);
    expect(failure(start(), part, bytesOf("04 00000002 01 78 00000000 00000001 00"))).toContain(
      "nothing tells where it ends",
    );
  });

  test("a part of a section that never began", () => {
    expect(failure(bytesOf("02 00000005"))).toBe("section 5 goes on, but never began at byte 0x12");
  });

  test.each([
    ["flags that mean nothing", "0000000000000001", "RAM record with flags 0x1"],
    ["a block that the list has not", "0000000000000002 01 78 00", 'unknown RAM block "x"'],
    ["an address beyond its block", "0000000000002002 06 70632e72616d 00", "0x2000 beyond pc.ram"],
    ["CONTINUE at the very first", "0000000000000022 00", "CONTINUE without a RAM block"],
    ["another encoding than XBZRLE", "0000000000000040 06 70632e72616d 02 0001 00", "encoding 2"],
  ])("a RAM record with %s", (_, record, message) => {
    expect(failure(start(), footer, bytesOf("02 00000001", record))).toContain(message);
  });

  test("pages of 256 bytes, as of AVR, leave no room for the higher flags", () => {
    const records = bytesOf("0000000000000002 06", { text: "pc.ram" }, "00 0000000000000122 00");
    const part = concat(bytesOf("02 00000001"), records, bytesOf("0000000000000010"), footer);
    const description = { pageSize: 256, devices: [] };
    const { items } = walk(concat(HEADER, start(), footer, part, EOF), { description });
    expect(items[2]).toMatchObject({ type: "section-part", ram: { zero: 2 } });
  });

  test("a block list that tells more than its total", () => {
    const list = bytesOf("0000000000001004 01 78 0000000000002000");
    const head = bytesOf("01 00000001 03", { text: "ram" }, "00000000 00000004");
    expect(failure(head, list)).toContain("block of 8192 bytes, only 4096 are left");
  });

  test("ram of another version", () => {
    expect(failure(bytesOf("01 00000001 03", { text: "ram" }, "00000000 00000003"))).toBe(
      'ram of version 3 at byte 0x1e in section 1 "ram"',
    );
  });

  test("a host page size in the block list, where postcopy was advised", () => {
    const advise = bytesOf("08 0003 0010 0000000000201000 0000000000001000");
    const writer = new ByteWriter("big");
    writer.bytes(bytesOf("01 00000001 03", { text: "ram" }, "00000000 00000004"));
    const blocks = [
      { name: "huge", usedLength: 0x400000, hostPageSize: 0x200000 },
      { name: "small", usedLength: 4096 },
    ];
    writeRamBlockList(writer, blocks);
    const { items } = walk(concat(HEADER, advise, writer.u64(0x10).take(), footer));
    expect(items.at(-1)).toMatchObject({ type: "section-start", blocks });
  });

  test("a footer within the data is passed over unless an item stands behind it", () => {
    const full = bytesOf("04 00000002 01 78 00000000 00000001", "7e00000002 ffff", "7e00000002");
    expect(walk(concat(HEADER, full, EOF)).items[1]).toMatchObject({ end: "footer", dataSize: 7 });
  });

  test("a decoder of one's own comes first", () => {
    const full = bytesOf("04 00000002 01 78 00000000 00000001", "0700", "7e00000002");
    const decoderOf = (): SectionDecoder =>
      function* (window) {
        yield* skip(window, 2);
        return { end: "self" };
      };
    expect(walk(concat(HEADER, full, EOF), { decoderOf }).items[1]).toMatchObject({ end: "self" });
  });
});

describe("lengths that lie", () => {
  const head = bytesOf("04 00000002 01 78 00000000 00000001");
  const ram = bytesOf("01 00000001 03", { text: "ram" }, "00000000 00000004");

  test.each([
    ["machine name", bytesOf("5145564d 00000003 07 ffffffff")],
    ["VMDESCRIPTION", concat(HEADER, EOF, bytesOf("06 03ffffff 7b7d"))],
    ["block list", concat(HEADER, ram, bytesOf("ffffffffffff0004 01 78 001fffffffffffff"))],
    ["command", concat(HEADER, bytesOf("08 0006 ffff 00"))],
    ["package", concat(HEADER, bytesOf("08 0007 0004 ffffffff 08"))],
  ])("a %s of more than there is allocates nothing for it", async (_, bytes) => {
    const { result, allocations } = await countAllocations(() => walk(bytes));
    expect(result.error).toBeDefined();
    expect(allocations.total).toBeLessThan(1000);
  });

  test("nor does a description with an array of 200 million elements", async () => {
    const field = { name: "a", type: "uint8", size: 1, arrayLength: 200_000_000 };
    const device = { name: "x", instanceId: 0, vmsdName: "x", version: 1, fields: [field] };
    const description = { pageSize: 4096, devices: [{ ...device, subsections: [] }] };
    const bytes = concat(HEADER, head, bytesOf("00 01 02"));
    const { result, allocations } = await countAllocations(() => walk(bytes, { description }));
    expect(result.error?.path).toEqual(['section 2 "x"', "field a[3]"]);
    expect(allocations.total).toBeLessThan(1000);
  });
});
