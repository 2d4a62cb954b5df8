import { decodeUtf8 } from "../../bytes/utf8.js";

/**
 * The names that mappings give to small ids, kept as bytes. A trace begins with some six thousand
 * mappings and has records of a few dozen events: only their names are made strings of.
 */
export class MappedNames {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  /** Where a name begins in `#bytes`, and its length; 0 for an id without one. */
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];

  /** Keeps a copy of the name's bytes, `length` of them at `from`. */
  set(id: number, bytes: Uint8Array, from: number, length: number): void {
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    for (let index = 0; index < length; index++) {
      this.#bytes[this.#length + index] = bytes[from + index]!;
    }
    while (this.#lengths.length <= id) {
      this.#starts.push(0);
      this.#lengths.push(0);
    }
    this.#starts[id] = this.#length;
    this.#lengths[id] = length;
    this.#length += length;
  }

  get(id: number): string | undefined {
    const length = this.#lengths[id];
    if (!length) return undefined;
    const start = this.#starts[id]!;
    return decodeUtf8(this.#bytes.subarray(start, start + length));
  }

  #grow(more: number): void {
    const grown = new Uint8Array(2 * (this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
