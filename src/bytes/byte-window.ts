import type { ByteOrder } from "./byte-order.js";
import { DecodeError } from "./decode-error.js";

const EMPTY = new Uint8Array(0);

/**
 * A window on a stream of bytes: chunks are appended behind, reading consumes in front.
 *
 * It holds only what was appended and not yet consumed. Readers ask for `available` bytes first
 * (see `need`); reading past them throws `DecodeError`. Offsets are absolute: bytes from the
 * beginning of the stream.
 */
export class ByteWindow {
  order: ByteOrder;
  #buffer: Uint8Array = EMPTY;
  #view: DataView = new DataView(EMPTY.buffer);
  #position = 0;
  #limit = 0;
  #base = 0;
  #owned = false;
  #ended = false;

  /** A window that begins with a chunk whose first byte has the absolute offset `base`. */
  constructor(order: ByteOrder, chunk?: Uint8Array, base = 0) {
    this.order = order;
    this.#base = base;
    if (chunk) this.append(chunk);
  }

  /** Absolute offset of the next byte to be read. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** How many bytes can be read now. */
  get available(): number {
    return this.#limit - this.#position;
  }

  /** True once `end` was called: what is available is all there will be. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Puts a chunk behind what is there. A chunk is not copied while it is alone in the window. */
  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const kept = this.available;
    if (kept > 0 && this.#owned && this.#limit + chunk.length <= this.#buffer.length) {
      this.#buffer.set(chunk, this.#limit);
      this.#limit += chunk.length;
      return;
    }
    this.#base += this.#position;
    if (kept === 0) {
      this.#hold(chunk, chunk.length, false);
    } else if (this.#owned && 2 * (kept + chunk.length) <= this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#position, this.#limit);
      this.#buffer.set(chunk, kept);
      this.#limit = kept + chunk.length;
    } else {
      const grown = new Uint8Array(2 * (kept + chunk.length));
      grown.set(this.#buffer.subarray(this.#position, this.#limit));
      grown.set(chunk, kept);
      this.#hold(grown, kept + chunk.length, true);
    }
    this.#position = 0;
  }

  /** Says that nothing more will be appended. */
  end(): void {
    this.#ended = true;
  }

  /** The byte `ahead` of the next one, without consuming it. */
  peekU8(ahead = 0): number {
    return this.#buffer[this.#at(ahead, 1)]!;
  }

  /** The unsigned 32-bit integer `ahead` bytes from here, without consuming it. */
  peekU32(ahead = 0): number {
    return this.#view.getUint32(this.#at(ahead, 4), this.order === "little");
  }

  u8(): number {
    return this.#buffer[this.#take(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), this.order === "little");
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), this.order === "little");
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), this.order === "little");
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), this.order === "little");
  }

  /** A 64-bit offset, length or count as a number; throws `DecodeError` from 2^53 on. */
  size64(what: string): number {
    const offset = this.offset;
    const first = this.u32();
    const second = this.u32();
    const [high, low] = this.order === "little" ? [second, first] : [first, second];
    if (high > 0x1f_ffff) throw new DecodeError(`${what} of 2^53 or more`, offset);
    return high * 0x1_0000_0000 + low;
  }

  /** The next bytes as a view, good until the next `append`; copy what must live longer. */
  bytes(length: number): Uint8Array {
    const from = this.#take(length);
    return this.#buffer.subarray(from, from + length);
  }

  /** The bytes `ahead` of the next one as a view, without consuming them. */
  peekBytes(length: number, ahead = 0): Uint8Array {
    const from = this.#at(ahead, length);
    return this.#buffer.subarray(from, from + length);
  }

  /** Consumes bytes without looking at them. */
  skip(length: number): void {
    this.#take(length);
  }

  #at(ahead: number, length: number): number {
    if (ahead + length > this.available) {
      throw new DecodeError(
        `cut short: ${length} bytes wanted, ${Math.max(0, this.available - ahead)} left`,
        this.offset + ahead,
      );
    }
    return this.#position + ahead;
  }

  #take(length: number): number {
    const from = this.#at(0, length);
    this.#position = from + length;
    return from;
  }

  #hold(bytes: Uint8Array, limit: number, owned: boolean): void {
    const { buffer, byteOffset, byteLength } = bytes;
    // Node's Buffer would do as well, but that its `slice` does not copy.
    this.#buffer = new Uint8Array(buffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#limit = limit;
    this.#owned = owned;
  }
}
