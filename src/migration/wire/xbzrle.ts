import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";

/**
 * Applies what changed to the page as it was before, in place: runs of unchanged and of new bytes
 * in turn, each count in LEB128, only the first of which may be 0 (QEMU migration/xbzrle.c).
 * Throws `DecodeError` where they do not fit the page; offsets are then within `encoded`.
 */
export function applyXbzrle(page: Uint8Array, encoded: Uint8Array): void {
  const window = new ByteWindow("big", encoded);
  let at = 0;
  while (window.available > 0) {
    const { offset } = window;
    const unchanged = leb128(window);
    if (unchanged === 0 && offset > 0) throw new DecodeError("no unchanged bytes", offset);
    at += unchanged;
    if (window.available === 0)
      throw new DecodeError("no new bytes behind unchanged", window.offset);
    const count = leb128(window);
    if (count === 0 || at + count > page.length) {
      throw new DecodeError(`${count} new bytes at ${at} of a page`, window.offset);
    }
    page.set(window.bytes(count), at);
    at += count;
  }
}

/**
 * What changed between two states of a page; empty if nothing did, `undefined` if telling it takes
 * `limit` bytes or more, where the page itself is better sent.
 */
export function encodeXbzrle(
  before: Uint8Array,
  after: Uint8Array,
  limit: number = after.length,
): Uint8Array | undefined {
  const out: number[] = [];
  for (let at = 0; ; ) {
    const changed = runEnd(before, after, at, true);
    if (changed === after.length) return Uint8Array.from(out);
    const end = runEnd(before, after, changed, false);
    pushLeb128(out, changed - at);
    pushLeb128(out, end - changed);
    if (out.length + end - changed >= limit) return undefined;
    for (at = changed; at < end; at += 1) out.push(after[at]!);
  }
}

function runEnd(before: Uint8Array, after: Uint8Array, from: number, same: boolean): number {
  let at = from;
  while (at < after.length && (before[at] === after[at]) === same) at += 1;
  return at;
}

/** QEMU util/cutils.c: uleb128_decode_small, at most two bytes. */
function leb128(window: ByteWindow): number {
  const first = window.u8();
  if (first < 0x80) return first;
  const second = window.u8();
  if (second >= 0x80) throw new DecodeError("count of more than two bytes", window.offset - 2);
  return (first & 0x7f) | (second << 7);
}

function pushLeb128(out: number[], count: number): void {
  if (count < 0x80) out.push(count);
  else out.push((count & 0x7f) | 0x80, count >> 7);
}
