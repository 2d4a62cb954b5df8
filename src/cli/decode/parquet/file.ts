import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import type { Put } from "../record-sink.js";
import { chunkMetadata, type WrittenChunk } from "./chunk-metadata.js";
import type { ParquetColumn } from "./column.js";

/** `PAR1`, which stands at both ends. */
const MAGIC = 0x3152_4150;

/**
 * A Parquet file that is written as its rows come. Library writers take whole columns, and hold what
 * they make of them; here a row group is held in pages that are compressed already.
 */
export class ParquetFile {
  /** How many rows wait to be written. */
  rows = 0;
  readonly #columns: readonly ParquetColumn[];
  readonly #clock: string;
  readonly #put: Put;
  readonly #bytes = new ByteWriter();
  readonly #groups: WrittenChunk[][] = [];
  #written = 0;

  /** `clock` tells what the timestamps count from, and is kept in the file's metadata. */
  constructor(columns: readonly ParquetColumn[], clock: string, put: Put) {
    this.#columns = columns;
    this.#clock = clock;
    this.#put = put;
    this.#bytes.appendUint32(MAGIC);
  }

  /** About how many bytes wait to be written. */
  get held(): number {
    return this.#columns.reduce((sum, { held }) => sum + held, 0);
  }

  /** Writes the rows that wait, as a row group of their own. */
  async write(): Promise<void> {
    if (this.rows > 0) this.#endGroup();
    await this.#flush();
  }

  /** Writes the rest, and what ends the file. */
  async end(): Promise<void> {
    await this.write();
    writeMetadata(this.#bytes, {
      version: 2,
      created_by: "qtrace",
      schema: [
        { name: "records", num_children: this.#columns.length },
        ...this.#columns.map(({ element }) => element),
      ],
      num_rows: BigInt(this.#written),
      row_groups: this.#groups.map(groupMetadata),
      key_value_metadata: [{ key: "clock", value: this.#clock }],
      metadata_length: 0,
    });
    this.#bytes.appendUint32(MAGIC);
    await this.#flush();
  }

  #endGroup(): void {
    this.#groups.push(this.#columns.map((column) => column.writeTo(this.#bytes)));
    this.#written += this.rows;
    this.rows = 0;
  }

  async #flush(): Promise<void> {
    if (this.#bytes.index === 0) return;
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    await this.#put(bytes);
  }
}

function groupMetadata(chunks: readonly WrittenChunk[]) {
  return {
    columns: chunks.map(chunkMetadata),
    num_rows: BigInt(chunks[0]!.rows),
    total_byte_size: BigInt(chunks.reduce((sum, { uncompressed }) => sum + uncompressed, 0)),
    total_compressed_size: BigInt(chunks.at(-1)!.end - chunks[0]!.from),
  };
}
