import type { TraceDamage } from "./damage.js";
import type { TraceRecord } from "./record.js";
import type { RecordCursor } from "./record-cursor.js";

/**
 * Reads one trace: fed with chunks (`append`, `end`), it steps from record to record. It is the
 * cursor of the record that it stands at. A chunk is not copied: leave it as it is until the next
 * was appended.
 */
export interface TraceReader extends RecordCursor {
  /** How many bytes were consumed so far, this record's included. */
  readonly position: number;
  /** True once all is read, or an error was thrown. */
  readonly done: boolean;
  /** What is wrong with the trace, as far as it was read. */
  readonly damage: TraceDamage;
  /** Feeds the next bytes of the trace. */
  append(chunk: Uint8Array): void;
  /** Says that the trace has ended. */
  end(): void;
  /**
   * Steps to the next record; false when more bytes are wanted or all is read. Throws `DecodeError`
   * at a cut end, behind the last whole record.
   */
  advance(): boolean;
  /** `advance` and `record` in one; undefined where `advance` is false. */
  next(): TraceRecord | undefined;
}
