import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { decompress } from "../../src/compression/decompress.js";
import { seededRandom } from "../support/random.js";

const random = seededRandom(31);
const original = Uint8Array.from({ length: 3000 }, (_, at) =>
  at % 7 === 0 ? random(256) : at & 31,
);
const packed = gzipSync(original);
/** The head that `gzipSync` writes. */
const HEAD = 10;

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(bytes: Uint8Array, size = bytes.length): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decompress(inChunks(bytes, size))) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

test("members one behind the other, in chunks of any length", async () => {
  const named = Buffer.concat([packed.subarray(0, 3), Buffer.of(8), packed.subarray(4, HEAD)]);
  const behind = Buffer.concat([named, Buffer.from("a-name\0"), packed.subarray(HEAD)]);
  const all = Buffer.concat([packed, behind, gzipSync(""), packed]);
  const expected = new Uint8Array(Buffer.concat([original, original, original]));
  for (const size of [1, 7, 4096, all.length]) expect(await unpacked(all, size)).toEqual(expected);
});

test("zeros may follow the last member, and nothing else, in chunks of any length", async () => {
  const zeros = Buffer.concat([packed, new Uint8Array(5)]);
  const others = Buffer.concat([zeros, Uint8Array.of(3, 0, 4)]);
  const message = `other bytes after the last member at byte 0x${zeros.length.toString(16)}`;
  for (const size of [1, 7, packed.length, 4096]) {
    expect(await unpacked(zeros, size)).toEqual(original);
    await expect(unpacked(others, size)).rejects.toThrow(message);
  }
});

test("a cut anywhere, and a flipped bit anywhere behind the head, is an error", async () => {
  const two = Buffer.concat([packed, packed]);
  for (let at = 4; at < packed.length; at++) {
    await expect(unpacked(packed.subarray(0, at))).rejects.toThrow(DecodeError);
    if (at < HEAD) continue;
    const flipped = Buffer.from(two);
    flipped[at]! ^= 1 << random(8);
    await expect(unpacked(flipped)).rejects.toThrow(DecodeError);
  }
});
