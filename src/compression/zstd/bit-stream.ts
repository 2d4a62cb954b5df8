import { DecodeError } from "../../bytes/decode-error.js";

/**
 * Bits that are read from the end of their bytes to the start (RFC 8878, 4.1.1): the highest set bit
 * of the last byte is where they begin.
 */
export class BitStream {
  /** How many bits are left; below 0 after more was read than there is. */
  left: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  /** The bits of `bytes` from `start` to `end`. Three bytes must follow them in `bytes`. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = end > start ? bytes[end - 1]! : 0;
    if (last === 0) throw new DecodeError("a bit stream without its end mark", 0);
    this.#bytes = bytes;
    this.#start = start;
    this.left = (end - start) * 8 - Math.clz32(last) + 23;
  }

  /** The next `count` bits, at most 31. */
  read(count: number): number {
    if (count <= 24) return this.#take(count);
    const high = this.#take(count - 16);
    return high * 65536 + this.#take(16);
  }

  /** The next `count` bits, at most 24, without consuming them; past the end they are zeros. */
  peek(count: number): number {
    const mask = (1 << count) - 1;
    const at = this.left - count;
    if (at >= 0) return (this.#load(at >> 3) >>> (at & 7)) & mask;
    return this.left <= 0 ? 0 : (this.#load(0) << -at) & mask;
  }

  #take(count: number): number {
    const bits = this.peek(count);
    this.left -= count;
    return bits;
  }

  #load(index: number): number {
    const bytes = this.#bytes;
    const at = this.#start + index;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}
