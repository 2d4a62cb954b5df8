import type { PrintfValue } from "../../../printf/piece.js";
import type { ColumnKind, TableColumn } from "../record-table.js";
import type { WrittenChunk } from "./chunk-metadata.js";
import type { ColumnValues, PageEncoding } from "./column-values.js";
import { BoolValues, DictionaryValues } from "./indexed-values.js";
import { dataPage, dictionaryPage, type OwnBytes, PAGE_ROWS } from "./page.js";
import { IntegerValues, TextValues, WordValues } from "./plain-values.js";

/** A page ends behind so many bytes, too. */
const PAGE_BYTES = 1 << 20;

/** A column of a Parquet file: its values wait as pages, compressed, until their row group is written. */
export class ParquetColumn {
  readonly #values: ColumnValues;
  /** Pages that are whole; each has its bytes to itself, to be handed to another thread. */
  #pages: OwnBytes[] = [];
  #pageBytes = 0;
  /** For each row of the page, 1 where a value is there. */
  readonly #present = new Uint8Array(PAGE_ROWS);
  #rows = 0;
  #nulls = 0;
  #chunk: Pick<WrittenChunk, keyof typeof emptyChunk> = emptyChunk;

  constructor({ kind }: TableColumn, values: ColumnValues = valuesOf(kind)) {
    this.#values = values;
  }

  /** About how many bytes wait. */
  get held(): number {
    return this.#pageBytes + this.#values.size + this.#values.kept;
  }

  add(value: PrintfValue): void {
    if (value !== null) this.#values.add(value);
    this.endValue(value !== null);
  }

  /** Ends a value that `values` was given, or that is none. */
  endValue(isThere = true): void {
    this.#present[this.#rows++] = isThere ? 1 : 0;
    if (!isThere) this.#nulls++;
    const { size, isFull } = this.#values;
    if (this.#rows === PAGE_ROWS || size >= PAGE_BYTES || isFull) this.#endPage();
  }

  /** Takes all that waits as a chunk of a row group, which begins there behind so many bytes. */
  take(from: number): { readonly pieces: readonly OwnBytes[]; readonly chunk: WrittenChunk } {
    if (this.#rows > 0) this.#endPage();
    const { bounds, dictionary } = this.#values.takeChunk();
    const first = dictionary && dictionaryPage(dictionary);
    const { uncompressed, ...chunk } = this.#chunk;
    const pieces = first ? [first.bytes, ...this.#pages] : this.#pages;
    const pagesAt = from + (first?.bytes.length ?? 0);
    const end = pagesAt + this.#pageBytes;
    this.#pages = [];
    this.#pageBytes = 0;
    this.#chunk = emptyChunk;
    return {
      pieces,
      chunk: {
        ...chunk,
        bounds,
        uncompressed: uncompressed + (first?.uncompressed ?? 0),
        ...{ from, pagesAt, end },
      },
    };
  }

  #endPage(): void {
    const { rows, nulls, pages, uncompressed } = this.#chunk;
    const { encoding } = this.#values;
    const page = dataPage({
      encoding,
      values: this.#values.takePage(),
      present: this.#present.subarray(0, this.#rows),
      nulls: this.#nulls,
    });
    this.#pages.push(page.bytes);
    this.#pageBytes += page.bytes.length;
    this.#chunk = {
      rows: rows + this.#rows,
      nulls: nulls + this.#nulls,
      pages: addPage(pages, encoding),
      uncompressed: uncompressed + page.uncompressed,
    };
    this.#rows = 0;
    this.#nulls = 0;
  }
}

const emptyChunk = { rows: 0, nulls: 0, pages: [], uncompressed: 0 };

function addPage(pages: WrittenChunk["pages"], encoding: PageEncoding): WrittenChunk["pages"] {
  const last = pages.at(-1);
  if (last?.encoding !== encoding) return [...pages, { encoding, count: 1 }];
  return [...pages.slice(0, -1), { encoding, count: last.count + 1 }];
}

/** Texts and small integers are mostly the same ones again. */
function valuesOf(kind: ColumnKind): ColumnValues {
  if (kind === "bool") return new BoolValues();
  if (kind === "text") return new DictionaryValues(() => new TextValues());
  return kind === "i64" || kind === "u64"
    ? new WordValues()
    : new DictionaryValues(() => new IntegerValues());
}
