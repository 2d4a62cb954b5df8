/** Sections as long as a broken or hostile stream likes: what they take in time and memory. */

import { expect, test } from "vitest";
import { ByteWindow } from "../../../src/bytes/byte-window.js";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { type Steps, skip } from "../../../src/bytes/steps.js";
import { readKept } from "../../../src/migration/wire/kept-section.js";
import { readMappedRam } from "../../../src/migration/wire/mapped-ram.js";
import {
  readMappedRamHeader,
  writeMappedRamHeader,
} from "../../../src/migration/wire/mapped-ram-header.js";
import type { RamSink } from "../../../src/migration/wire/ram-sink.js";
import type { RamBlockInfo, SectionHead } from "../../../src/migration/wire/stream-item.js";
import { teeRamSink } from "../../../src/migration/wire/tee-ram-sink.js";
import { readVfio } from "../../../src/migration/wire/vfio-section.js";

const head = { type: "section-full", sectionId: 1, idstr: "x", instanceId: 0 } as SectionHead;
const PIECE = 1 << 16;

/** Feeds a decoder piece by piece, and gives its result; undefined where it wants more than there is. */
function feed<R>(window: ByteWindow, steps: Steps<never, R>, bytes: Uint8Array, piece = PIECE) {
  for (let at = 0; at < bytes.length; at += piece) {
    window.append(bytes.slice(at, at + piece));
    const { done, value } = steps.next();
    if (done) return value;
  }
  return undefined;
}

test("a section that is kept is read once, however many pieces it comes in", () => {
  let begun = 0;
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);
  const window = new ByteWindow("big");
  const steps = readKept(window, head, function* (own) {
    begun++;
    yield* skip(own, 9_990);
    return { end: "self" };
  });
  expect(feed(window, steps, bytes, 7)).toEqual({ end: "self", data: bytes.subarray(0, 9_990) });
  expect(begun).toBe(1);
});

/** A section of vfio: a config of so many bytes, whose end is no multiple of anything. */
function vfio(length: number): Uint8Array {
  const writer = new ByteWriter("big");
  writer.u32(0xffff_ffff).u32(0xef10_0002);
  writer.bytes(new Uint8Array(length + 3).fill(0xff));
  return writer.u32(0xffff_ffff).u32(0xef10_0001).take();
}

test("the end of a device's config is searched once, however many pieces it comes in", () => {
  let looks = 0;
  class CountingWindow extends ByteWindow {
    override peekU32(ahead?: number): number {
      looks++;
      return super.peekU32(ahead);
    }
  }
  const bytes = vfio(1 << 20);
  const window = new CountingWindow("big");
  expect(feed(window, readVfio(window), bytes, 1 << 12)).toEqual({ end: "self" });
  expect(window.available).toBe(0);
  // Every word is one half of a mark, so that the other half is looked at, too.
  expect(looks).toBeLessThanOrEqual(2 * bytes.length);
});

/** Header and bitmap of a block of mapped-ram, and its pages, each of another byte. */
function mapped(bitmap: readonly number[], pages: number): Uint8Array {
  const writer = new ByteWriter("big");
  writeMappedRamHeader(writer, { pageSize: 512, bitmapOffset: 40, pagesOffset: 100 });
  writer.bytes(new Uint8Array(40 - writer.length)).bytes(Uint8Array.from(bitmap));
  writer.bytes(new Uint8Array(100 - writer.length));
  for (let page = 0; page < pages; page++) writer.bytes(new Uint8Array(512).fill(page + 1));
  return writer.take();
}

const block = { name: "ram", usedLength: 3 * 512 + 100 };

function* readBlock(window: ByteWindow, info: RamBlockInfo, sink: RamSink) {
  return yield* readMappedRam(window, info, yield* readMappedRamHeader(window), sink);
}

test.each([1, 7, 511, 512, 4096])(
  "a tee gives bytes to one and pages to the other, %i at a time",
  (piece) => {
    const pages: [number, Uint8Array][] = [];
    const bytes: Uint8Array[] = [];
    const sinks: RamSink[] = [
      { page: (_, address, page) => void pages.push([address, page.slice()]) },
      { mappedBytes: (_, __, some) => void bytes.push(some.slice()) },
    ];
    const input = mapped([0b1101, 0, 0, 0, 0, 0, 0, 0], 4).subarray(0, 100 + block.usedLength);
    const window = new ByteWindow("big");
    expect(feed(window, readBlock(window, block, teeRamSink(sinks)), input, piece)).toBe(3);
    expect(Buffer.concat(bytes)).toEqual(Buffer.from(input.subarray(100)));
    expect(pages).toEqual([
      [0, new Uint8Array(512).fill(1)],
      [1024, new Uint8Array(512).fill(3)],
      [1536, new Uint8Array(100).fill(4)],
    ]);
  },
);

test("the bitmap of a block of 2^50 bytes is not held, or refused where it is wanted", () => {
  const huge = { name: "ram", usedLength: 2 ** 50 };
  const begin = mapped([], 0).subarray(0, 40);
  const read = (sink: RamSink) => {
    const window = new ByteWindow("big");
    const steps = readBlock(window, huge, sink);
    feed(window, steps, begin);
    let most = 0;
    for (let piece = 0; piece < 200; piece++) {
      window.append(new Uint8Array(PIECE));
      expect(steps.next().done).toBe(false);
      most = Math.max(most, window.available);
    }
    return most;
  };
  expect(read({})).toBeLessThanOrEqual(PIECE);
  expect(() => read({ mapped: () => {} })).toThrow("a bitmap of 274877906944 bytes");
  expect(() => read({ page: () => {} })).toThrow("a bitmap of 274877906944 bytes");
});
