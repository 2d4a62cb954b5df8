import { DecodeError } from "../bytes/decode-error.js";
import { joinBytes, openGunzip } from "./gunzip.js";

/** Takes compressed bytes and gives what could be made of them until then; `last` ends them. */
type Decompressor = (piece: Uint8Array, last: boolean) => Uint8Array[];

interface Compression {
  readonly name: string;
  readonly magic: readonly number[];
  readonly open: () => Promise<Decompressor>;
}

const compressions: readonly Compression[] = [
  { name: "gzip", magic: [0x1f, 0x8b, 0x08], open: openGunzip },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], open: openZstd },
];

/** Compressed bytes are taken in pieces of this size: zeros shrink to a thousandth. */
const PIECE = 16384;

/**
 * The bytes of a trace, out of gzip or zstd if they are in one, told by their first bytes. Throws
 * `DecodeError` where the compressed data is damaged or cut, behind what could be read of it.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let decompressor: Decompressor | undefined;
  let name = "";
  let decided = false;
  let offset = 0;
  let head: Uint8Array = new Uint8Array(0);
  const push = (piece: Uint8Array, last: boolean) => {
    try {
      return decompressor!(piece, last);
    } catch (error) {
      throw new DecodeError(`${name}: ${message(error)}`, offset);
    }
  };
  for await (const chunk of chunks) {
    let next = chunk;
    if (!decided) {
      head = head.length === 0 ? chunk : joinBytes(head, chunk);
      if (head.length < 4 && couldBeCompressed(head)) continue;
      const compression = compressions.find(({ magic }) => startsWith(head, magic));
      decided = true;
      next = head;
      if (compression) {
        ({ name } = compression);
        decompressor = await compression.open();
      }
    }
    if (!decompressor) {
      yield next;
      continue;
    }
    for (let at = 0; at < next.length; at += PIECE) {
      yield* push(next.subarray(at, at + PIECE), false);
      offset += Math.min(PIECE, next.length - at);
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
