import { DecodeError } from "../../bytes/decode-error.js";
import { joinBytes } from "../../bytes/join-bytes.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import { ItemType } from "./constants.js";
import type { RandomAccess } from "./random-access.js";
import { parseVmDescription, type VmDescription } from "./vm-description.js";

/** Bytes of an item's type and length, and of the brace behind. */
const HEAD = 6;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BLOCK = 64 * 1024;

/** How far from the end a description may begin; QEMU's own reader looks at 10 MB. */
const MAX_DISTANCE = 64 * 1024 * 1024;

/**
 * Finds the VMDESCRIPTION of a whole stream from its end: the one place where the type byte, a
 * length that reaches exactly to the end, and a brace stand together.
 *
 * `undefined` if the stream has none, as after postcopy or with suppress-vmdesc.
 */
export async function findVmDescription(source: RandomAccess): Promise<VmDescription | undefined> {
  const last = await source.read(Math.max(0, source.size - 1), 1);
  if (last[0] !== BRACE_CLOSE) return undefined;
  const lowest = Math.max(0, source.size - MAX_DISTANCE);
  let tail = new Uint8Array(0);
  for (let begin = source.size; begin > lowest; ) {
    const length = Math.min(BLOCK, begin - lowest);
    begin -= length;
    tail = joinBytes([await source.read(begin, length), tail]);
    // The head may lie across the border to the block that was read before.
    const found = await parsedAt(source, begin, headWithin(tail, begin, length, source.size));
    if (found) return found;
    tail = tail.slice(0, HEAD);
  }
  return undefined;
}

function headWithin(bytes: Uint8Array, base: number, length: number, size: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = Math.min(length, bytes.length - HEAD + 1) - 1; at >= 0; at -= 1) {
    if (bytes[at] !== ItemType.vmDescription || bytes[at + 5] !== BRACE_OPEN) continue;
    if (view.getUint32(at + 1) === size - (base + at + 5)) return at;
  }
  return -1;
}

async function parsedAt(
  source: RandomAccess,
  base: number,
  at: number,
): Promise<VmDescription | undefined> {
  if (at < 0) return undefined;
  const offset = base + at + 5;
  try {
    return parseVmDescription(decodeUtf8(await source.read(offset, source.size - offset)), offset);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
