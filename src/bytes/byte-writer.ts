import type { ByteOrder } from "./byte-order.js";

/** Builds up bytes; `take` gives what was written and begins anew. */
export class ByteWriter {
  readonly order: ByteOrder;
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;
  readonly #little: boolean;

  constructor(order: ByteOrder, capacity = 1024) {
    this.order = order;
    this.#little = order === "little";
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** How many bytes were written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#buffer[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    this.#view.setUint16(at, value, this.#little);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, this.#little);
    return this;
  }

  /** 64 bits of an integer; negative ones in two's complement, larger ones wrapped. */
  u64(value: bigint | number): this {
    const at = this.#room(8);
    if (typeof value === "bigint") {
      this.#view.setBigUint64(at, BigInt.asUintN(64, value), this.#little);
    } else {
      const low = value >>> 0;
      const high = Math.floor((value - low) / 0x1_0000_0000);
      this.#view.setUint32(this.#little ? at : at + 4, low, this.#little);
      this.#view.setUint32(this.#little ? at + 4 : at, high, this.#little);
    }
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** Overwrites four bytes at `position` of what was written, such as a length known only later. */
  patchU32(position: number, value: number): void {
    this.#view.setUint32(position, value, this.#little);
  }

  /** What was written, as bytes of its own. */
  take(): Uint8Array {
    const taken = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #room(length: number): number {
    const at = this.#length;
    if (at + length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(2 * this.#buffer.length, at + length));
      grown.set(this.#buffer.subarray(0, at));
      this.#buffer = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = at + length;
    return at;
  }
}
