import { ByteWriter } from "hyparquet-writer";
import type { WrittenChunk } from "./chunk-metadata.js";
import type { ParquetColumn } from "./column.js";

/** Consecutive rows of a table, as a Parquet file has them: plain data, which threads can hand over. */
export interface RowGroup {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** A chunk for each column, in their order. */
  readonly chunks: readonly WrittenChunk[];
}

/** Takes the rows that wait in columns; undefined where there are none. */
export function takeRowGroup(columns: readonly ParquetColumn[]): RowGroup | undefined {
  const writer = new ByteWriter(heldIn(columns));
  const chunks = columns.map((column) => column.writeTo(writer));
  return chunks[0]!.rows > 0 ? { bytes: writer.getBytes(), chunks } : undefined;
}

function heldIn(columns: readonly ParquetColumn[]): number {
  return columns.reduce((sum, { held }) => sum + held, 0);
}
