import { crc32 } from "../bytes/crc32.js";
import { DecodeError } from "../bytes/decode-error.js";
import { joinBytes } from "../bytes/join-bytes.js";

/** A member's trailer: its CRC-32 and its length, of 32 bits each (RFC 1952). */
const TRAILER = 8;
/** More than a member's head has, which may lie in two pieces: so far back a trailer may end. */
const KEPT = 1 << 16;
/** Zeros shrink to a thousandth: so 16 MiB come of a piece at most. */
const PIECE = 16_384;

/**
 * Decompresses the members of gzip without Node's zlib, and verifies the checksum and
 * the length at the end of each. Throws `DecodeError`, with the offset of the piece that is damaged.
 */
export async function* gunzipFallback(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const inflate = await openInflate();
  let offset = 0;
  const take = (piece: Uint8Array, last: boolean) => {
    try {
      return inflate(piece, last);
    } catch (error) {
      throw new DecodeError((error as Error).message, offset);
    }
  };
  for await (const piece of pieces(chunks)) {
    yield* take(piece, false);
    offset += piece.length;
  }
  yield* take(new Uint8Array(0), true);
}

/** Pieces of one length but for the last: of tiny ones each would cost as much as a large one. */
async function* pieces(chunks: AsyncIterable<Uint8Array>) {
  let piece = new Uint8Array(PIECE);
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + PIECE - length);
      piece.set(part, length);
      length += part.length;
      at += part.length;
      if (length < PIECE) continue;
      yield piece;
      piece = new Uint8Array(PIECE);
      length = 0;
    }
  }
  if (length > 0) yield piece.subarray(0, length);
}

async function openInflate(): Promise<(piece: Uint8Array, last: boolean) => Uint8Array[]> {
  const { Gunzip } = await import("fflate");
  let out: Uint8Array[] = [];
  let crc = 0;
  let size = 0;
  /** The last bytes that were taken, and how many there were in all. */
  let recent: Uint8Array = new Uint8Array(0);
  let taken = 0;

  const endMember = (offset: number) => {
    const at = recent.length - (taken - offset) - TRAILER;
    if (at < 0) throw new Error("cut short");
    const trailer = new DataView(recent.buffer, recent.byteOffset + at, TRAILER);
    if (trailer.getUint32(0, true) !== crc || trailer.getUint32(4, true) !== size >>> 0)
      throw new Error("cut short or damaged: the checksum at its end is of other bytes");
    crc = 0;
    size = 0;
  };
  const stream = new Gunzip((bytes) => {
    crc = crc32(bytes, crc);
    size += bytes.length;
    out.push(bytes);
  });
  stream.onmember = endMember;
  return (piece, last) => {
    recent = joinBytes([recent.subarray(-KEPT), piece]);
    taken += piece.length;
    stream.push(piece, last);
    if (last) endMember(taken);
    const given = out;
    out = [];
    return given;
  };
}
