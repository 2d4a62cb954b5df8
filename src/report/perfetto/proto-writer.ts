const encoder = new TextEncoder();

/** Wire types (protobuf's encoding: `Tag`). */
const VARINT = 0;
const LENGTH = 2;

/** Writes one protobuf message; fields by number, in the order in which they are written. */
export class ProtoWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** Varint fields: enum, bool, int32, int64, uint64 (negative numbers in two's complement). */
  varint(field: number, value: number | bigint): this {
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.#block(field, encoder.encode(value));
  }

  message(field: number, value: ProtoWriter): this {
    return this.#block(field, value.bytes());
  }

  /** What was written. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #block(field: number, bytes: Uint8Array): this {
    this.#varint(field * 8 + LENGTH);
    this.#varint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #varint(value: number | bigint): void {
    this.#room(10);
    if (typeof value === "bigint" || value > 0x7fffffff || value < 0) {
      this.#longVarint(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #longVarint(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #room(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    bytes.set(this.bytes());
    this.#bytes = bytes;
  }
}
