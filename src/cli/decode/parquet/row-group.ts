import type { WrittenChunk } from "./chunk-metadata.js";
import type { ParquetColumn } from "./column.js";
import type { OwnBytes } from "./page.js";

/** Consecutive rows of a table, as a Parquet file has them: plain data, which threads can hand over. */
export interface RowGroup {
  /** What it is made of, one piece behind the other. */
  readonly pieces: readonly OwnBytes[];
  /** A chunk for each column, in their order. */
  readonly chunks: readonly WrittenChunk[];
}

/** Takes the rows that wait in columns; undefined where there are none. */
export function takeRowGroup(columns: readonly ParquetColumn[]): RowGroup | undefined {
  const pieces: OwnBytes[] = [];
  const chunks: WrittenChunk[] = [];
  for (const column of columns) {
    const taken = column.take(chunks.at(-1)?.end ?? 0);
    pieces.push(...taken.pieces);
    chunks.push(taken.chunk);
  }
  return chunks[0]!.rows > 0 ? { pieces, chunks } : undefined;
}

/** About how many bytes wait in columns. */
export function heldIn(columns: readonly ParquetColumn[]): number {
  let sum = 0;
  for (const { held } of columns) sum += held;
  return sum;
}
