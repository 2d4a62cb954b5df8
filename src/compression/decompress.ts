import { joined } from "../bytes/chunks-head.js";
import { DecodeError } from "../bytes/decode-error.js";
import { joinBytes } from "../bytes/join-bytes.js";
import { gunzip } from "./gunzip.js";
import { gunzipFallback } from "./gunzip-fallback.js";
import { type NodeZlib, nodeZlib } from "./node-zlib.js";

/** Compressions that are undone here. */
export type Compression = "gzip" | "zstd";

/** The first bytes of a frame; zstd also begins with frames that are skipped (RFC 8878, 3.1.2). */
const magics: readonly (readonly [
  Compression,
  readonly (readonly [least: number, most: number])[],
])[] = [
  ["gzip", bytes(0x1f, 0x8b, 0x08)],
  ["zstd", bytes(0x28, 0xb5, 0x2f, 0xfd)],
  ["zstd", [[0x50, 0x5f], ...bytes(0x2a, 0x4d, 0x18)]],
];

/** So many bytes tell a compression. */
const HEAD = 4;

function bytes(...values: readonly number[]) {
  return values.map((value) => [value, value] as const);
}

/** The compression of what begins with these bytes. */
export function detectCompression(head: Uint8Array): Compression | undefined {
  return magics.find(([, magic]) => magic.length <= head.length && fits(head, magic))?.[0];
}

function fits(head: Uint8Array, magic: readonly (readonly [number, number])[]): boolean {
  return magic.every(([least, most], index) => {
    const byte = head[index];
    return byte === undefined || (byte >= least && byte <= most);
  });
}

/**
 * The bytes of a file, decompressed if their first bytes are those of gzip or zstd. What
 * is held is bounded whatever the input: less than 200 MB for a frame of zstd whose window is as large
 * as is allowed, else less than 20 MB.
 *
 * Throws `DecodeError` where the compressed data is damaged or cut, after what could be read of it: its
 * offset is in the compressed bytes.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  zlib: NodeZlib | null = nodeZlib(),
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  let whole = false;
  try {
    while (!whole && head.length < HEAD && magics.some(([, magic]) => fits(head, magic))) {
      const { done, value } = await iterator.next();
      if (done) whole = true;
      else head = head.length > 0 ? joinBytes([head, value]) : value;
    }
    const rest = joined(head, iterator);
    const compression = detectCompression(head);
    if (!compression) yield* rest;
    else yield* named(compression, decompressed(compression, rest, zlib));
  } finally {
    await iterator.return?.();
  }
}

function decompressed(
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
  zlib: NodeZlib | null,
): AsyncIterable<Uint8Array> {
  if (compression === "gzip") return zlib ? gunzip(chunks, zlib) : gunzipFallback(chunks);
  return lazyUnzstd(chunks, zlib);
}

/** Few files are compressed by zstd. */
async function* lazyUnzstd(chunks: AsyncIterable<Uint8Array>, zlib: NodeZlib | null) {
  const { unzstd } = await import("./zstd/unzstd.js");
  yield* unzstd(chunks, zlib);
}

/** Errors say what is damaged. */
async function* named(compression: Compression, chunks: AsyncIterable<Uint8Array>) {
  try {
    yield* chunks;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(`${compression}: ${error.reason}`, error.offset);
  }
}
