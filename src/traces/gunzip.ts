import { crc32 } from "../bytes/crc32.js";
import { joinBytes } from "../bytes/join-bytes.js";

/** A member's trailer: its CRC-32 and its length, of 32 bits each (RFC 1952). */
const TRAILER = 8;
/** More than a member's head has, which may lie in two pieces: so far back a trailer may end. */
const KEPT = 1 << 16;

/** Inflates members of gzip one behind the other, and holds each against the checksum at its end. */
export async function openGunzip(): Promise<(piece: Uint8Array, last: boolean) => Uint8Array[]> {
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
