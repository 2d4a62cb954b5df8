import type { ChunkBuffer } from "./chunk-buffer.js";
import type { EventBindings } from "./event-bindings.js";
import { RECORD, RECORD_HEAD } from "./item-layout.js";

/** The end of a buffer that is counted in: behind it, sums of offsets need more than 31 bits. */
const LIMIT = 0x7fff_0000;

/** What a run of records tells beside their counts. */
export interface CountedRun {
  /** The last timestamp, as the double that has its bits. */
  readonly last: number;
  /** How many timestamps were before the one before. */
  readonly stepsBack: number;
}

/**
 * Passes over the records of version 4 of a little-endian machine that lie whole in the buffer and are
 * as declared, and counts them in `bindings.counts`. `last` is the timestamp of the record before.
 *
 * All numbers in the loop are 32-bit integers to the compiler, and the byte order is a constant:
 * each of them halves the time.
 */
export function countRun(buffer: ChunkBuffer, bindings: EventBindings, last: number): CountedRun {
  const { bytes, limit } = buffer;
  if (limit > LIMIT) return { last, stepsBack: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { lengths, counts, small } = bindings;
  // A product is a number to the compiler, which an argument may not be: it would be boxed each time.
  let before = 1 * last;
  let item = buffer.at;
  let stepsBack = 0;
  const lastHead = limit - 8 - RECORD_HEAD;
  while (item <= lastHead) {
    const at = (item + 8) | 0;
    const id = view.getInt32(at, true);
    const length = view.getInt32(at + 16, true);
    // Zero for a record with a small id: one comparison for three words.
    const odd =
      (view.getInt32(item, true) ^ RECORD) |
      view.getInt32(item + 4, true) |
      view.getInt32(at + 4, true);
    const next = (at + length) | 0;
    if (odd !== 0 || id < 0 || id >= lengths.length || next > limit) break;
    const known = lengths[id]!;
    // A length below that of a head could be one of the marks that `lengths` has.
    if (known !== length || length < RECORD_HEAD) {
      if (known !== -1 || !small[id]!.fits(view, at, length, true)) break;
    }
    // The bits of two non-negative integers have the same order as doubles.
    const time = view.getFloat64(at + 8, true);
    if (time < before) stepsBack++;
    before = time;
    counts[id]!++;
    item = next;
  }
  buffer.at = item;
  return { last: before, stepsBack };
}
