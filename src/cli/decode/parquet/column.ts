import { ByteWriter } from "hyparquet-writer";
import type { PrintfValue } from "../../../printf/piece.js";
import type { ColumnKind, TableColumn } from "../record-table.js";
import type { WrittenChunk } from "./chunk-metadata.js";
import type { ColumnValues } from "./column-values.js";
import { BoolValues, DictionaryValues } from "./indexed-values.js";
import { writeDictionaryPage, writePage } from "./page.js";
import { IntegerValues, TextValues, WordValues } from "./plain-values.js";

/** A page has so many rows at most, or ends behind so many bytes. */
const PAGE_ROWS = 1 << 14;
const PAGE_BYTES = 1 << 20;

/** A column of a Parquet file: its values wait as pages, compressed, until their row group is written. */
export class ParquetColumn {
  readonly #values: ColumnValues;
  readonly #pages = new ByteWriter(64);
  /** For each row of the page, 1 where a value is there; it grows, as there may be many files. */
  #present = new Uint8Array(64);
  #rows = 0;
  #nulls = 0;
  #chunk = emptyChunk;

  constructor({ kind }: TableColumn, values: ColumnValues = valuesOf(kind)) {
    this.#values = values;
  }

  /** About how many bytes wait. */
  get held(): number {
    return this.#pages.index + this.#values.size + this.#values.kept;
  }

  add(value: PrintfValue): void {
    if (value !== null) this.#values.add(value);
    this.endValue(value !== null);
  }

  /** Ends a value that `values` was given, or that is none. */
  endValue(isThere = true): void {
    if (this.#rows === this.#present.length) {
      const grown = new Uint8Array(2 * this.#rows);
      grown.set(this.#present);
      this.#present = grown;
    }
    this.#present[this.#rows++] = isThere ? 1 : 0;
    if (!isThere) this.#nulls++;
    if (this.#rows === PAGE_ROWS || this.#values.size >= PAGE_BYTES) this.#endPage();
  }

  /** Writes all that waits as a chunk of a row group. */
  writeTo(writer: ByteWriter): WrittenChunk {
    if (this.#rows > 0) this.#endPage();
    const { bounds, dictionary } = this.#values.takeChunk();
    const from = writer.offset;
    const dictionarySize = dictionary ? writeDictionaryPage(writer, dictionary) : 0;
    const pagesAt = writer.offset;
    writer.appendBytes(this.#pages.getBytes());
    this.#pages.index = 0;
    const { uncompressed, ...chunk } = this.#chunk;
    this.#chunk = emptyChunk;
    return {
      ...chunk,
      bounds,
      encoding: this.#values.encoding,
      uncompressed: uncompressed + dictionarySize,
      ...{ from, pagesAt, end: writer.offset },
    };
  }

  #endPage(): void {
    const { rows, nulls, pages, uncompressed } = this.#chunk;
    const size = writePage(this.#pages, {
      encoding: this.#values.encoding,
      values: this.#values.takePage(),
      present: this.#present.subarray(0, this.#rows),
      nulls: this.#nulls,
    });
    this.#chunk = {
      rows: rows + this.#rows,
      nulls: nulls + this.#nulls,
      pages: pages + 1,
      uncompressed: uncompressed + size,
    };
    this.#rows = 0;
    this.#nulls = 0;
  }
}

const emptyChunk = { rows: 0, nulls: 0, pages: 0, uncompressed: 0 };

/** Texts and small integers are mostly the same ones again. */
function valuesOf(kind: ColumnKind): ColumnValues {
  if (kind === "bool") return new BoolValues();
  if (kind === "text") return new DictionaryValues(new TextValues());
  return kind === "i64" || kind === "u64"
    ? new WordValues()
    : new DictionaryValues(new IntegerValues());
}
