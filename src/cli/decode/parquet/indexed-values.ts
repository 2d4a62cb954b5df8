/** Values that are few: pages hold numbers of so many bits, in runs where they are alike. */

import { ByteWriter } from "hyparquet-writer";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import type { ChunkEnd, ColumnValue, ColumnValues } from "./column-values.js";
import type { IntegerValues, TextValues } from "./plain-values.js";

/** Bools: zeros and ones behind their length in bytes. */
export class BoolValues implements ColumnValues {
  readonly encoding = "RLE";
  readonly kept = 0;
  #bits: number[] = [];

  get size(): number {
    return this.#bits.length;
  }

  add(value: ColumnValue): void {
    this.#bits.push(value ? 1 : 0);
  }

  takePage(): Uint8Array {
    const runs = new ByteWriter();
    writeRleBitPackedHybrid(runs, this.#bits, 1);
    this.#bits = [];
    const page = new ByteWriter();
    page.appendUint32(runs.offset);
    page.appendBytes(runs.getBytes());
    return page.getBytes();
  }

  takeChunk(): ChunkEnd {
    return { bounds: {} };
  }
}

/** About what an entry of a dictionary takes, beside its bytes. */
const ENTRY = 100;

/** Each value once, in a dictionary of the chunk; pages hold indexes into it. */
export class DictionaryValues implements ColumnValues {
  readonly encoding = "RLE_DICTIONARY";
  readonly #dictionary: IntegerValues | TextValues;
  readonly #indexes = new Map<ColumnValue, number>();
  #page: number[] = [];

  /** `dictionary` takes each value that is new. */
  constructor(dictionary: IntegerValues | TextValues) {
    this.#dictionary = dictionary;
  }

  get size(): number {
    return 2 * this.#page.length;
  }

  get kept(): number {
    return ENTRY * this.#indexes.size + this.#dictionary.size;
  }

  add(value: ColumnValue): void {
    let index = this.#indexes.get(value);
    if (index === undefined) {
      index = this.#indexes.size;
      this.#indexes.set(value, index);
      this.#dictionary.add(value);
    }
    this.#page.push(index);
  }

  takePage(): Uint8Array {
    const bits = 32 - Math.clz32(Math.max(0, this.#indexes.size - 1));
    const page = new ByteWriter();
    page.appendUint8(bits);
    writeRleBitPackedHybrid(page, this.#page, bits);
    this.#page = [];
    return page.getBytes();
  }

  takeChunk(): ChunkEnd {
    const { bounds } = this.#dictionary.takeChunk();
    const dictionary = { length: this.#indexes.size, bytes: this.#dictionary.takePage() };
    this.#indexes.clear();
    return { bounds, dictionary };
  }
}
