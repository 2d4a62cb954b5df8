import type { RecordCursor } from "./record-cursor.js";

/**
 * Prints records as bytes, many lines a buffer, without a string for any of them. One printer serves
 * one trace.
 */
export interface RecordPrinter {
  /** How many bytes wait for `take`. */
  readonly length: number;
  /** Appends the line of the record that a cursor stands at. */
  print(cursor: RecordCursor): void;
  /** The lines since the last time, as bytes of their own. */
  take(): Uint8Array;
}
