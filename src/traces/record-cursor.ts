import type { EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";
import type { TraceRecord } from "./record.js";

/**
 * The record that a reader stands at, without an object of its own: all of it is good until the
 * reader moves on. `record` gives one that lasts.
 */
export interface RecordCursor {
  readonly type: TraceRecord["type"];
  /** The event's name; empty for what has none. */
  readonly name: string;
  /** The declaration; undefined for all types but `event`. */
  readonly event: EventModel | undefined;
  /**
   * A small number for the name, from 0, the same for the same name in one trace: an index for
   * counters. -1 for what has none: garbage, an event that a log's declarations lack, one that a
   * trace tells only the id of.
   */
  readonly key: number;
  /** Nanoseconds, as `TraceRecord.timestamp` has them. */
  readonly timestamp: bigint;
  /** The timestamp in microseconds as a plain number, precise to a fraction of one. */
  readonly microseconds: number;
  readonly pid: number;
  /** Where the record begins, in bytes. */
  readonly offset: number;
  /** How many bytes it takes in the trace. */
  readonly size: number;
  /** An argument by its declared type, decoded now; null where the record has none of that index. */
  value(index: number): PrintfValue;
  /** The record as an object that lasts. */
  record(): TraceRecord;
}
