/** Values one behind the other as Parquet's encoding PLAIN has them. */

import { ByteOutput } from "../../../traces/print/byte-output.js";
import type { Bounds, ChunkEnd, ColumnValue, ColumnValues } from "./column-values.js";

/** Keeps the least and the greatest of numbers, or of bigints. */
class BoundsKeeper<T extends number | bigint> {
  #bounds: { min_value: T; max_value: T } | undefined;

  note(value: T): void {
    if (!this.#bounds) this.#bounds = { min_value: value, max_value: value };
    else if (value < this.#bounds.min_value) this.#bounds.min_value = value;
    else if (value > this.#bounds.max_value) this.#bounds.max_value = value;
  }

  take(): Bounds {
    const bounds = this.#bounds ?? {};
    this.#bounds = undefined;
    return bounds;
  }
}

abstract class PlainValues implements ColumnValues {
  readonly encoding = "PLAIN";
  readonly kept = 0;
  readonly isFull = false;
  readonly output = new ByteOutput();

  get size(): number {
    return this.output.length;
  }

  abstract add(value: ColumnValue): void;

  takePage(): Uint8Array {
    const { bytes, length } = this.output;
    this.output.length = 0;
    return bytes.subarray(0, length);
  }

  takeChunk(): ChunkEnd {
    return { bounds: {} };
  }
}

/** Integers of up to 32 bits, of either sign. */
export class IntegerValues extends PlainValues {
  readonly #bounds = new BoundsKeeper<number>();

  add(value: ColumnValue): void {
    const integer = Number(value);
    this.#bounds.note(integer);
    const { output } = this;
    output.reserve(4);
    output.view.setInt32(output.length, integer, true);
    output.length += 4;
  }

  override takeChunk(): ChunkEnd {
    return { bounds: this.#bounds.take() };
  }
}

/** Integers of 64 bits, of either sign. */
export class WordValues extends PlainValues {
  readonly #bounds = new BoundsKeeper<bigint>();

  add(value: ColumnValue): void {
    const word = BigInt(value);
    this.#bounds.note(word);
    const { output } = this;
    output.reserve(8);
    output.view.setBigInt64(output.length, word, true);
    output.length += 8;
  }

  override takeChunk(): ChunkEnd {
    return { bounds: this.#bounds.take() };
  }
}

const LENGTH = 4;

/** Texts, each behind its length in bytes. */
export class TextValues extends PlainValues {
  add(value: ColumnValue): void {
    const from = this.begin();
    this.output.text(String(value));
    this.end(from);
  }

  /** Begins a text that is printed to `output`; `end` wants what it gives. */
  begin(): number {
    const { output } = this;
    output.reserve(LENGTH);
    output.length += LENGTH;
    return output.length;
  }

  /** Ends the text that was printed: what is no UTF-8 in it becomes U+FFFD. */
  end(from: number): void {
    const { output } = this;
    output.repairUtf8(from);
    output.view.setUint32(from - LENGTH, output.length - from, true);
  }
}
