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
  let decompressor: Decompressor | undefined;
  let compression: Compression | undefined;
  let decided = false;
  let offset = 0;
  let head: Uint8Array = new Uint8Array(0);
  const push = (piece: Uint8Array, last: boolean) => {
    try {
      return decompressor!(piece, last);
    } catch (error) {
      throw new DecodeError(`${compression!.name}: ${message(error)}`, offset);
    }
  };
  for await (const chunk of chunks) {
    let next = chunk;
    if (!decided) {
      head = head.length === 0 ? chunk : joinBytes([head, chunk]);
      if (head.length < 4 && couldBeCompressed(head)) continue;
      compression = compressions.find(({ magic }) => startsWith(head, magic));
      decided = true;
      next = head;
      decompressor = await compression?.open();
    }
    if (!compression) {
      yield next;
      continue;
    }
    const { piece } = compression;
    for (let at = 0; at < next.length; at += piece) {
      for (const bytes of push(next.subarray(at, at + piece), false)) yield bytes;
      offset += Math.min(piece, next.length - at);
    }
  }
  if (decompressor) yield* push(new Uint8Array(0), true);
  else if (!decided && head.length > 0) yield head;
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
