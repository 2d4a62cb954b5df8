import { DecodeError } from "../bytes/decode-error.js";
import { joinBytes } from "../bytes/join-bytes.js";
import { openGunzip } from "./gunzip.js";

/** Takes compressed bytes and gives what could be made of them until then; `last` ends them. */
type Decompressor = (piece: Uint8Array, last: boolean) => Uint8Array[];

interface Compression {
  readonly name: string;
  readonly magic: readonly number[];
  readonly open: () => Promise<Decompressor>;
  /** So many compressed bytes are taken at a time: some 16 MiB come of them at most. */
  readonly piece: number;
}

const compressions: readonly Compression[] = [
  // Zeros shrink to a thousandth.
  { name: "gzip", magic: [0x1f, 0x8b, 0x08], open: openGunzip, piece: 16384 },
  // 128 KiB of zeros are a block of four bytes (RFC 8878).
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], open: openZstd, piece: 512 },
];

/**
 * The bytes of a trace, out of gzip or zstd if they are in one, told by their first bytes. Throws
 * `DecodeError` where the compressed data is damaged or cut, behind what could be read of it.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  /** The first bytes, until they tell. */
  let head: Uint8Array | undefined = new Uint8Array(0);
  let unpacking: Unpacking | undefined;
  for await (const chunk of chunks) {
    let next = chunk;
    if (head) {
      if (head.length > 0) next = joinBytes([head, chunk]);
      head = next.length < 4 && couldBeCompressed(next) ? next : undefined;
      if (head) continue;
      unpacking = await startUnpacking(next);
    }
    if (unpacking) yield* unpacking.take(next);
    else yield next;
  }
  if (unpacking) yield* unpacking.end();
  else if (head && head.length > 0) yield head;
}

async function startUnpacking(head: Uint8Array): Promise<Unpacking | undefined> {
  const compression = compressions.find(({ magic }) => startsWith(head, magic));
  return compression && new Unpacking(compression, await compression.open());
}

/** Compressed bytes that are taken piece by piece; errors tell where the piece began. */
class Unpacking {
  readonly #compression: Compression;
  readonly #decompressor: Decompressor;
  #offset = 0;

  constructor(compression: Compression, decompressor: Decompressor) {
    this.#compression = compression;
    this.#decompressor = decompressor;
  }

  *take(bytes: Uint8Array): Generator<Uint8Array, void, void> {
    const { piece } = this.#compression;
    for (let at = 0; at < bytes.length; at += piece) {
      const part = bytes.subarray(at, at + piece);
      yield* this.#push(part, false);
      this.#offset += part.length;
    }
  }

  end(): Uint8Array[] {
    return this.#push(new Uint8Array(0), true);
  }

  #push(part: Uint8Array, last: boolean): Uint8Array[] {
    try {
      return this.#decompressor(part, last);
    } catch (error) {
      throw new DecodeError(`${this.#compression.name}: ${message(error)}`, this.#offset);
    }
  }
}

async function openZstd(): Promise<Decompressor> {
  const { Decompress } = await import("fzstd");
  let out: Uint8Array[] = [];
  const stream = new Decompress((bytes) => out.push(bytes));
  return (piece, last) => {
    stream.push(piece, last);
    const given = out;
    out = [];
    return given;
  };
}

function couldBeCompressed(head: Uint8Array): boolean {
  return compressions.some(({ magic }) => startsWith(head, magic.slice(0, head.length)));
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.length <= bytes.length && magic.every((byte, index) => bytes[index] === byte);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
