import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { decompress } from "../../src/compression/decompress.js";
import { type NodeZlib, nodeZlib } from "../../src/compression/node-zlib.js";
import { shortOrLong } from "../support/long-form.js";
import { describeWith } from "../support/programs.js";
import { repoRoot } from "../support/repo-root.js";
import { frame, rawBlock, repeatBlock, reservedBlock, skippable } from "./zstd-frames.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-zstd-"));
afterAll(() => rmSync(folder, { recursive: true }));

const node = nodeZlib();
const decoders: readonly (readonly [string, NodeZlib | null])[] = [
  ["own decoder", null],
  ...(node?.createZstdDecompress ? [["Node's decoder", node] as const] : []),
];

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(bytes: Uint8Array, zlib: NodeZlib | null, size = 1 << 20) {
  const pieces: Uint8Array[] = [];
  for await (const piece of decompress(inChunks(bytes, size), zlib)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const text = Buffer.from("postcopy_ram_enable_notify\n".repeat(40));
const content = Buffer.concat([text, Buffer.alloc(5000, 7)]);
const blocks = [rawBlock(text), repeatBlock(7, 5000, true)];
/** The low half of the content's XXH64, which `xxhsum -H1` and `zstd` give. */
const CHECKSUM = 0xbe59_6baf;

describe.each(decoders)("%s", (_, zlib) => {
  test("frames, frames that are skipped, in chunks of any length", async () => {
    const contentSize = content.length;
    const all = Buffer.concat([
      skippable(text),
      frame(17, blocks),
      skippable(Buffer.alloc(0)),
      frame(20, [rawBlock(Buffer.alloc(0), true)]),
      frame(17, blocks, { checksum: CHECKSUM, contentSize }),
    ]);
    for (const size of [1, 3, 1000, all.length]) {
      expect((await unpacked(all, zlib, size)).equals(Buffer.concat([content, content]))).toBe(
        true,
      );
    }
  });

  test("a frame that is cut says so, and where", async () => {
    const whole = frame(17, blocks, { checksum: CHECKSUM });
    for (let length = 4; length < whole.length; length++) {
      const cut = unpacked(whole.subarray(0, length), zlib);
      await expect(cut).rejects.toThrow(/^zstd: cut short: .* at byte 0x/);
    }
  });

  test.each<[string, Uint8Array, string]>([
    ["another checksum", frame(17, blocks, { checksum: CHECKSUM - 1 }), "checksum"],
    ["less content than stated", frame(17, blocks, { contentSize: 9000 }), "9000|orrupt"],
    ["more content than stated", frame(17, blocks, { contentSize: 6000 }), "6000|orrupt"],
    ["a reserved block", frame(17, [reservedBlock()]), "reserved type at byte 0x6$"],
    ["a block longer than the window", frame(10, [repeatBlock(1, 1025, true)]), "1025 bytes"],
    ["a window of 256 MiB", frame(28, blocks), "--long=28"],
    ["a window of 2 TiB", frame(41, blocks), "128 MiB"],
    ["other bytes after the frame", Buffer.concat([frame(17, blocks), text]), "after the last"],
  ])("%s", async (_name, bytes, message) => {
    const failed = unpacked(bytes, zlib);
    await expect(failed).rejects.toThrow(DecodeError);
    await expect(failed).rejects.toThrow(new RegExp(`^zstd: .*(${message})`));
  });

  test("a trace with one bit flipped, which zstd refuses", async () => {
    const flipped = readFileSync(join(repoRoot, "test/fixtures/compression/flipped.zst"));
    // Its last four bytes are the checksum, from 0x61f on.
    const failed = unpacked(flipped, zlib);
    await expect(failed).rejects.toThrow(
      zlib ? /^zstd: / : /^zstd: the checksum .* at byte 0x61f$/,
    );
  });

  test("a dictionary and a reserved bit of a frame's header are refused", async () => {
    const flagged = (flags: number, ...id: number[]) =>
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, flags, 0x38, ...id, 1, 0, 0]);
    await expect(unpacked(flagged(1, 9), zlib)).rejects.toThrow("dictionary 9 at byte 0x0");
    await expect(unpacked(flagged(8), zlib)).rejects.toThrow("reserved bit");
  });
});

/** Of how many bits one is flipped. */
const STEP = shortOrLong(7, 3);

describeWith(["zstd"], "what zstd compresses", ({ zstd }) => {
  const declarations = readFileSync(join(repoRoot, "trace-events", "migration", "trace-events"));
  const noise = Buffer.from(Array.from({ length: 300_000 }, (__, at) => (at * at * 7919) >> 9));
  const long = Buffer.concat([declarations, noise, declarations, Buffer.alloc(400_000), noise]);
  const compress = (bytes: Uint8Array, ...args: string[]) =>
    execFileSync(zstd, ["-q", "-c", ...args], { input: bytes, maxBuffer: 1 << 26 });

  describe.each(decoders)("%s", (_, zlib) => {
    test.each(["-1", "-3", "-9", "-19", "--fast=5", "-3 --long=27"])("%s", async (options) => {
      const packed = compress(long, ...options.split(" "));
      expect((await unpacked(packed, zlib)).equals(long)).toBe(true);
    });

    // Without a checksum, only a decoder that checks all it can refuses what zstd refuses.
    test.each(["-3", "-19", "-3 --no-check", "-19 --no-check"])(
      "what zstd -t refuses of flipped bits is refused: %s",
      async (options) => {
        const packed = compress(declarations.subarray(0, 300), ...options.split(" "));
        // The first four bytes are the magic number: without it, nothing is compressed.
        const flips = Array.from({ length: (8 * (packed.length - 4)) / STEP }, (__, index) => {
          const flipped = Buffer.from(packed);
          const bit = 32 + STEP * index;
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          return flipped;
        });
        const files = flips.map((bytes, bit) => {
          const file = join(folder, `${bit}.zst`);
          writeFileSync(file, bytes);
          return file;
        });
        const { stderr } = spawnSync(zstd, ["-t", "-q", ...files], { encoding: "utf8" });
        const refused = new Set(stderr.match(/\d+(?=\.zst)/g));
        expect(refused.size).toBeGreaterThan(30);
        const accepted: number[] = [];
        for (const [bit, bytes] of flips.entries()) {
          const failure = await unpacked(bytes, zlib).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (failure !== undefined) expect(failure).toBeInstanceOf(DecodeError);
          else if (refused.has(`${bit}`)) accepted.push(bit);
        }
        expect(accepted).toEqual([]);
      },
    );
  });
});
