/** A buffer of chunks against all of the bytes in one piece. */

import { expect, test } from "vitest";
import { ChunkBuffer } from "../../../src/traces/simpletrace/chunk-buffer.js";
import { pick, seededRandom } from "../../support/random.js";

test("bytes are the same in chunks of any size, read in pieces of any length", () => {
  const random = seededRandom(51);
  const source = Uint8Array.from({ length: 40_000 }, () => random(256));
  for (let run = 0; run < 120; run++) {
    const chunks = pick(random, [3, 100, 9000, 30_000]);
    const all = source.subarray(0, chunks < 1000 ? 500 : 40_000);
    const buffer = new ChunkBuffer();
    let given = 0;
    let taken = 0;
    const state = () => [buffer.offset, buffer.held, buffer.limit - buffer.at <= given - taken];
    while (taken < all.length) {
      const length = 1 + random(pick(random, [8, 64, Math.ceil(chunks / 2)]));
      const there = buffer.has(length);
      if (there !== given - taken >= length) expect.fail(`${length} bytes at ${taken}: ${there}`);
      if (there) {
        const { at, bytes, view } = buffer;
        for (const index of [0, length - 1, random(length)]) {
          const expected = all[taken + index];
          if (bytes[at + index] !== expected || view.getUint8(at + index) !== expected)
            expect.fail(`another byte at ${taken + index}`);
        }
        const step = random(2) === 0 ? length : 1 + random(length);
        buffer.at += step;
        taken += step;
      } else if (given < all.length) {
        const chunk = all.slice(given, given + 1 + random(chunks));
        buffer.append(chunk);
        given += chunk.length;
      } else {
        const left = Math.min(buffer.limit - buffer.at, 1 + random(9));
        buffer.at += left;
        taken += left;
      }
      expect(state()).toEqual([taken, given - taken, true]);
    }
  }
});

test("a chunk is read where it lies, and a record between two is copied", () => {
  const buffer = new ChunkBuffer();
  const first = Uint8Array.from([1, 2, 3]);
  buffer.append(first);
  expect(buffer.bytes.buffer).toBe(first.buffer);
  buffer.at = 2;
  const second = new Uint8Array(10_000).fill(7);
  buffer.append(second);
  // One byte and as much of the next chunk as a bridge has.
  expect(buffer.limit - buffer.at).toBe(1 + 4096);
  expect(buffer.bytes.buffer).not.toBe(second.buffer);
  expect([buffer.has(10_001), buffer.has(10_002)]).toEqual([true, false]);
  expect(buffer.offset).toBe(2);
});

test("after the bridge, the chunk is read in place again", () => {
  const buffer = new ChunkBuffer();
  buffer.append(Uint8Array.from([1, 2, 3]));
  buffer.at = 2;
  const second = Uint8Array.from({ length: 10_000 }, (_, index) => index);
  buffer.append(second);
  buffer.at += 11;
  expect(buffer.more()).toBe(true);
  expect(buffer.bytes.buffer).toBe(second.buffer);
  expect([buffer.at, buffer.limit, buffer.offset, buffer.held]).toEqual([10, 10_000, 13, 9990]);
  expect(buffer.more()).toBe(false);
});

test("an empty chunk and a part of a larger buffer are taken", () => {
  const buffer = new ChunkBuffer();
  buffer.append(new Uint8Array(0));
  expect([buffer.held, buffer.has(0), buffer.has(1), buffer.more()]).toEqual([
    0,
    true,
    false,
    false,
  ]);
  buffer.append(Uint8Array.from([9, 1, 2, 9]).subarray(1, 3));
  expect([buffer.held, buffer.view.getUint16(buffer.at), buffer.has(3)]).toEqual([2, 0x102, false]);
  expect(buffer.ended).toBe(false);
  buffer.end();
  expect(buffer.ended).toBe(true);
});
