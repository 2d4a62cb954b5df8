import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import type { Put } from "../record-sink.js";
import type { TableColumn } from "../record-table.js";
import { chunkMetadata, type WrittenChunk } from "./chunk-metadata.js";
import type { RowGroup } from "./row-group.js";
import { schemaElement } from "./schema.js";

/** `PAR1`, which stands at both ends. */
const MAGIC = 0x3152_4150;

interface WrittenGroup {
  readonly chunks: readonly WrittenChunk[];
  /** Where it begins in the file. */
  readonly at: number;
}

/** A Parquet file that is written a row group at a time. */
export class ParquetFile {
  readonly #columns: readonly TableColumn[];
  readonly #clock: () => string;
  readonly #put: Put;
  readonly #groups: WrittenGroup[] = [];
  #written = 0;

  /** `clock` tells, at the end, what the timestamps count from: the file's metadata have it. */
  constructor(columns: readonly TableColumn[], clock: () => string, put: Put) {
    this.#columns = columns;
    this.#clock = clock;
    this.#put = put;
  }

  /** Writes a row group behind those before it. */
  async append({ pieces, chunks }: RowGroup): Promise<void> {
    await this.#begin();
    this.#groups.push({ chunks, at: this.#written });
    for (const piece of pieces) await this.#write(piece);
  }

  /** Writes what ends the file. */
  async end(): Promise<void> {
    await this.#begin();
    const writer = new ByteWriter();
    writeMetadata(writer, {
      version: 2,
      created_by: "qtrace",
      schema: [
        { name: "records", num_children: this.#columns.length },
        ...this.#columns.map(schemaElement),
      ],
      num_rows: BigInt(this.#groups.reduce((sum, { chunks }) => sum + chunks[0]!.rows, 0)),
      row_groups: this.#groups.map((group) => groupMetadata(group, this.#columns)),
      key_value_metadata: [{ key: "clock", value: this.#clock() }],
      metadata_length: 0,
    });
    writer.appendUint32(MAGIC);
    await this.#write(writer.getBytes());
  }

  async #begin(): Promise<void> {
    if (this.#written > 0) return;
    const writer = new ByteWriter();
    writer.appendUint32(MAGIC);
    await this.#write(writer.getBytes());
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#written += bytes.length;
    await this.#put(bytes);
  }
}

function groupMetadata({ chunks, at }: WrittenGroup, columns: readonly TableColumn[]) {
  const uncompressed = chunks.reduce((sum, chunk) => sum + chunk.uncompressed, 0);
  return {
    columns: chunks.map((chunk, index) => chunkMetadata(chunk, columns[index]!, at)),
    num_rows: BigInt(chunks[0]!.rows),
    total_byte_size: BigInt(uncompressed),
    total_compressed_size: BigInt(chunks.at(-1)!.end),
  };
}
