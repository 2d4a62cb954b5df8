/** Memory and its statistics, record by record by hand. */

import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RamImageBuilder } from "../../../src/migration/wire/ram-image.js";
import { RamStatsCounter } from "../../../src/migration/wire/ram-stats.js";

const PAGE = 1024;
const page = (fill: number, length = PAGE) => new Uint8Array(length).fill(fill);
const a = { name: "a", usedLength: 4 * PAGE };
const b = { name: "b", usedLength: 2 * PAGE + 100 };

/** Builds images that note each write. */
function build() {
  const images = new Map<string, Uint8Array>();
  const writes: string[] = [];
  const builder = new RamImageBuilder((block) => {
    const image = new Uint8Array(block.usedLength);
    images.set(block.name, image);
    return {
      write: (address, bytes) => {
        writes.push(`${block.name} ${address} ${bytes.length} ${bytes[0]}`);
        image.set(bytes, address);
      },
      read: (address, length) => image.subarray(address, address + length),
    };
  });
  builder.block(a, PAGE);
  builder.block(b, PAGE);
  return { builder, images, writes };
}

describe("memory", () => {
  test("is opened at its first page, and written where it is not zero as before", () => {
    const { builder, images, writes } = build();
    expect(builder.absent).toEqual([a, b]);
    builder.zero(a, 0, 0);
    expect([builder.absent, [...images.keys()], writes]).toEqual([[b], ["a"], []]);
    builder.page(a, PAGE, page(0));
    builder.page(a, 0, page(5));
    builder.page(a, 0, page(0));
    builder.zero(a, 0, 0);
    builder.zero(a, 2 * PAGE, 7);
    expect(writes).toEqual(["a 0 1024 5", "a 0 1024 0", "a 0 1024 0", "a 2048 1024 7"]);
  });

  test("of a block's last page ends with the block", () => {
    const { builder, writes } = build();
    builder.page(b, 2 * PAGE, page(1));
    builder.zero(b, 2 * PAGE, 0);
    builder.zero(b, 2 * PAGE, 3);
    builder.compressed(b, 2 * PAGE, new Uint8Array(deflateSync(page(4))));
    expect(writes).toEqual(["b 2048 100 1", "b 2048 100 0", "b 2048 100 3", "b 2048 100 4"]);
  });

  test("is changed by XBZRLE, from what was there", () => {
    const { builder, images } = build();
    builder.page(a, PAGE, page(9));
    builder.xbzrle(a, PAGE, Uint8Array.of(2, 1, 7));
    expect([...images.get("a")!.subarray(PAGE - 1, PAGE + 4)]).toEqual([0, 9, 9, 7, 9]);
    expect(() => builder.xbzrle(a, 2 * PAGE, Uint8Array.of(2))).toThrow(
      "no new bytes behind unchanged at byte 0x1 in XBZRLE of page 0x800 of a",
    );
  });

  test("is complete pages where it was compressed", () => {
    const { builder } = build();
    const compressed = (bytes: Uint8Array) => () =>
      builder.compressed(a, PAGE, new Uint8Array(bytes));
    expect(compressed(deflateSync(page(1, PAGE + 1)))).toThrow(
      "compressed page: 1025 bytes at byte 0x0 in page 0x400 of a",
    );
    expect(compressed(deflateSync(page(1, PAGE - 1)))).toThrow("compressed page: 1023 bytes");
    expect(compressed(Uint8Array.of(1, 2, 3))).toThrow("compressed page: invalid zlib data");
    expect(compressed(deflateSync(page(1)))).not.toThrow();
  });

  test("is of blocks that are listed, the first of a name", () => {
    const { builder, writes } = build();
    builder.page(a, 0, page(1));
    builder.block({ ...a, usedLength: 1 }, PAGE);
    builder.page(a, 0, page(2));
    expect(writes).toEqual(["a 0 1024 1", "a 0 1024 2"]);
    expect(() => builder.zero({ name: "c", usedLength: 1 }, 0, 0)).toThrow(
      new RangeError('no block "c" was listed'),
    );
  });

  test("under mapped-ram is there without pages, unless it is ignored", () => {
    const { builder } = build();
    builder.mapped(a);
    builder.mapped({ ...b, ignored: true });
    expect(builder.absent).toEqual([b]);
  });

  test("has pages of another size where that turns out", () => {
    const { builder, writes } = build();
    builder.pageSize(2 * PAGE);
    builder.zero(a, 2 * PAGE, 1);
    builder.xbzrle(a, 0, Uint8Array.of(0x80 | (1500 & 0x7f), 1500 >> 7, 1, 8));
    expect(writes).toEqual(["a 2048 2048 1", "a 0 2048 0"]);
  });
});

describe("statistics of memory", () => {
  test("of nothing are nothing", () => {
    expect(new RamStatsCounter().stats()).toEqual({
      ...{ pageSize: 4096, blocks: [], rounds: [], sent: [], zeroShare: 0 },
      total: { page: 0, zero: 0, xbzrle: 0, compressed: 0, bytes: 0 },
      ...{ compressedShare: undefined, regions: [] },
    });
  });

  test("are by round and by region", () => {
    const counter = new RamStatsCounter();
    counter.block({ ...a, usedLength: 1024 * PAGE }, PAGE);
    counter.block({ ...b, ignored: true }, PAGE);
    // 1026.1 pages in 256 stretches are 5 pages each.
    counter.page(a, 0, page(1));
    counter.zero(a, 4 * PAGE);
    counter.xbzrle(a, 5 * PAGE, page(0, 10));
    counter.compressed(b, 2 * PAGE, page(0, 20));
    counter.zero({ name: "other", usedLength: 1 }, 0);
    counter.zero(a, 4 * PAGE);
    counter.zero(a, 1023 * PAGE);
    counter.flush();
    counter.zero(a, 0);
    counter.postcopy();
    counter.zero(a, 3 * PAGE);
    counter.zero(a, 0);
    const counts = { page: 0, zero: 0, xbzrle: 0, compressed: 0, bytes: 0 };
    expect(counter.stats()).toEqual({
      pageSize: PAGE,
      blocks: [
        { name: "a", usedLength: 1024 * PAGE },
        { name: "b", usedLength: b.usedLength, ignored: true },
      ],
      total: { page: 1, zero: 6, xbzrle: 1, compressed: 1, bytes: PAGE + 36 },
      rounds: [
        { page: 1, zero: 1, xbzrle: 1, compressed: 1, bytes: PAGE + 31 },
        { ...counts, zero: 2, bytes: 2 },
        { ...counts, zero: 1, bytes: 1 },
        { ...counts, zero: 2, bytes: 2 },
      ],
      sent: [
        [1, 4],
        [2, 1],
        [3, 1],
      ],
      zeroShare: 6 / 9,
      compressedShare: expect.any(Number),
      regions: [
        { block: "a", start: 0, length: 5 * PAGE, sends: 6, rounds: [2, 1, 1, 2] },
        { block: "b", start: 0, length: b.usedLength, sends: 1, rounds: [1, 0, 0, 0] },
        { block: "a", start: 1020 * PAGE, length: 4 * PAGE, sends: 1, rounds: [0, 1, 0, 0] },
        { block: "a", start: 5 * PAGE, length: 5 * PAGE, sends: 1, rounds: [1, 0, 0, 0] },
      ],
    });
  });

  test("say how compressible one page in 64 is, of 1024 at most", () => {
    const counter = new RamStatsCounter();
    const block = { name: "a", usedLength: PAGE };
    counter.block(block, PAGE);
    // A page of one byte deflates to some 17 bytes, a random one to nothing less than itself.
    const noise = Uint8Array.from(
      { length: PAGE },
      (_, index) => (index * index * 31 + (index >> 3)) ^ ((index * 7919) >> 5),
    );
    const plain = deflateSync(page(1), { level: 1 }).length;
    for (let index = 0; index < 64; index++) counter.page(block, 0, page(1));
    const { compressedShare } = counter.stats();
    expect(Math.abs(compressedShare! * PAGE - plain)).toBeLessThan(15);
    for (let index = 0; index < 64; index++) counter.page(block, 0, noise);
    const both = counter.stats().compressedShare!;
    expect(both).toBeGreaterThan(0.3);
    expect(both).toBeLessThanOrEqual(0.52);
    // What deflate would make longer counts as it is.
    const small = new RamStatsCounter();
    small.block(block, PAGE);
    small.page(block, 0, Uint8Array.of(1, 2, 3));
    expect(small.stats().compressedShare).toBe(1);
  });
});
