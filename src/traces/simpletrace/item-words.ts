import type { ChunkBuffer } from "./chunk-buffer.js";

/** Reads words of the items that lie in a buffer, by how far ahead of its next byte they are. */
export class ItemWords {
  readonly little: boolean;
  readonly #buffer: ChunkBuffer;

  constructor(buffer: ChunkBuffer, little: boolean) {
    this.#buffer = buffer;
    this.little = little;
  }

  u32(ahead: number): number {
    return this.#buffer.view.getUint32(this.#buffer.at + ahead, this.little);
  }

  halves(ahead: number): [high: number, low: number] {
    const first = this.u32(ahead);
    const second = this.u32(ahead + 4);
    return this.little ? [second, first] : [first, second];
  }

  /** A word as a number; not exact from 2^53 on, where it is no type anyway. */
  u64(ahead: number): number {
    const [high, low] = this.halves(ahead);
    return high * 0x1_0000_0000 + low;
  }
}
