import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { RamChannelReader } from "../../../src/migration/wire/ram-channel-reader.js";
import { RamRecordWriter } from "../../../src/migration/wire/ram-record-writer.js";

const block = { name: "pc.ram", usedLength: 1 << 20 };

/** Pages at 0x3000 and 0x1000, and the end of a section if it is told. */
function channel(end: boolean): Uint8Array {
  const writer = new ByteWriter("big");
  const records = new RamRecordWriter(writer);
  records.page(block.name, 0x3000, new Uint8Array(4096).fill(3));
  records.page(block.name, 0x1000, new Uint8Array(4096).fill(1));
  if (end) records.endOfSection();
  return writer.take();
}

/** The places of the pages that a reader gives, and its counts at the channel's end. */
function read(bytes: Uint8Array) {
  const pages: number[] = [];
  const blocks = new Map([[block.name, block]]);
  const reader = new RamChannelReader(blocks, 4096, { page: (_, at) => pages.push(at) });
  reader.append(bytes);
  const early = reader.next();
  reader.end();
  return { pages, counts: early ?? reader.next() };
}

describe("a channel for urgent pages", () => {
  test.each([true, false])("ends with EOS or without: %s", (end) => {
    expect(read(channel(end))).toEqual({ pages: [0x3000, 0x1000], counts: { page: 2 } });
  });

  test("cut short within a record is broken, wherever", () => {
    const bytes = channel(false);
    const second = 8 + 1 + block.name.length + 4096;
    for (const cut of [1, 8, 9, 100, second - 1, second + 1, second + 8, bytes.length - 1]) {
      expect(() => read(bytes.subarray(0, cut)), String(cut)).toThrow("cut short");
    }
    expect(read(bytes.subarray(0, second))).toMatchObject({ pages: [0x3000] });
  });
});
