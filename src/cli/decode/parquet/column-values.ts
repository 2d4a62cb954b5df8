import type { PrintfValue } from "../../../printf/piece.js";

/** A value of a column that is there. */
export type ColumnValue = Exclude<PrintfValue, null>;

/** How values stand in a page. */
export type PageEncoding = "PLAIN" | "RLE" | "RLE_DICTIONARY";

/** The least and the greatest value of a chunk, as far as they are told. */
export interface Bounds {
  readonly min_value?: number | bigint;
  readonly max_value?: number | bigint;
}

/** The bounds of two parts of a chunk. */
export function joinBounds(a: Bounds, b: Bounds): Bounds {
  if (a.min_value === undefined || b.min_value === undefined) return { ...a, ...b };
  return {
    min_value: (a.min_value < b.min_value ? a : b).min_value!,
    max_value: (a.max_value! > b.max_value! ? a : b).max_value!,
  };
}

/** The values of a page of a column, encoded as they come: none of them is an object that waits. */
export interface ColumnValues {
  /** Of the page that waits. */
  readonly encoding: PageEncoding;
  /** Whether the page is to end here for a reason of its own. */
  readonly isFull: boolean;
  /** About how many bytes wait for `takePage`. */
  readonly size: number;
  /** About how many bytes wait for `takeChunk` beside those. */
  readonly kept: number;
  readonly add: (value: ColumnValue) => void;
  /** The values since the last time, encoded; good until the next is added. */
  readonly takePage: () => Uint8Array;
  /** What ends a chunk: its bounds, and the dictionary that its pages' values are indexes of. */
  readonly takeChunk: () => ChunkEnd;
}

/** What is told of a chunk once all its values are there. */
export interface ChunkEnd {
  readonly bounds: Bounds;
  readonly dictionary?: { readonly length: number; readonly bytes: Uint8Array };
}
