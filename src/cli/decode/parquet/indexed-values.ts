/** Values that are few: pages hold numbers of so many bits, in runs where they are alike. */

import { ByteWriter } from "hyparquet-writer";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { type ChunkEnd, type ColumnValue, type ColumnValues, joinBounds } from "./column-values.js";
import { PAGE_ROWS } from "./page.js";
import type { IntegerValues, TextValues } from "./plain-values.js";

/** Bools: zeros and ones behind their length in bytes. */
export class BoolValues implements ColumnValues {
  readonly encoding = "RLE";
  readonly kept = 0;
  readonly isFull = false;
  readonly #bits = new Uint8Array(PAGE_ROWS);
  #length = 0;

  get size(): number {
    return this.#length;
  }

  add(value: ColumnValue): void {
    this.#bits[this.#length++] = value ? 1 : 0;
  }

  takePage(): Uint8Array {
    const runs = new ByteWriter();
    writeRleBitPackedHybrid(runs, this.#bits.subarray(0, this.#length), 1);
    this.#length = 0;
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
/** A dictionary that takes so many bytes gets no further entries: values hardly come again. */
const DICTIONARY = 1 << 20;

/**
 * Each value once, in a dictionary of the chunk; pages hold indexes into it. Once it is large, further
 * pages of the chunk hold the values themselves.
 */
export class DictionaryValues implements ColumnValues {
  readonly #dictionary: IntegerValues | TextValues;
  readonly #plain: IntegerValues | TextValues;
  readonly #indexes = new Map<ColumnValue, number>();
  readonly #page = new Uint32Array(PAGE_ROWS);
  #length = 0;
  #isPlain = false;

  /** `make` makes what takes each value that is new, and values without an index. */
  constructor(make: () => IntegerValues | TextValues) {
    this.#dictionary = make();
    this.#plain = make();
  }

  get encoding(): "PLAIN" | "RLE_DICTIONARY" {
    return this.#isPlain ? "PLAIN" : "RLE_DICTIONARY";
  }

  /** A dictionary that has become large is a reason to end the page, too: its values have one encoding. */
  get isFull(): boolean {
    return !this.#isPlain && this.kept >= DICTIONARY;
  }

  get size(): number {
    return this.#isPlain ? this.#plain.size : 2 * this.#length;
  }

  get kept(): number {
    return ENTRY * this.#indexes.size + this.#dictionary.size;
  }

  add(value: ColumnValue): void {
    if (this.#isPlain) this.#plain.add(value);
    else this.#page[this.#length++] = this.#indexOf(value);
  }

  #indexOf(value: ColumnValue): number {
    let index = this.#indexes.get(value);
    if (index === undefined) {
      index = this.#indexes.size;
      this.#indexes.set(value, index);
      this.#dictionary.add(value);
    }
    return index;
  }

  takePage(): Uint8Array {
    if (this.#isPlain) return this.#plain.takePage();
    this.#isPlain = this.isFull;
    const bits = 32 - Math.clz32(Math.max(0, this.#indexes.size - 1));
    const page = new ByteWriter();
    page.appendUint8(bits);
    writeRleBitPackedHybrid(page, this.#page.subarray(0, this.#length), bits);
    this.#length = 0;
    return page.getBytes();
  }

  takeChunk(): ChunkEnd {
    const bounds = joinBounds(this.#dictionary.takeChunk().bounds, this.#plain.takeChunk().bounds);
    const dictionary = { length: this.#indexes.size, bytes: this.#dictionary.takePage() };
    this.#indexes.clear();
    this.#isPlain = false;
    return { bounds, dictionary };
  }
}
