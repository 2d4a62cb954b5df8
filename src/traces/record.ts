import type { ByteOrder } from "../bytes/byte-order.js";
import type { EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";

/**
 * What a trace holds: events, mostly; what could not be read as one, or was never written; and what
 * is no record at all.
 */
export type TraceRecord = EventRecord | RawRecord | DroppedRecord | TextRecord | GarbageRecord;

interface RecordHead {
  /**
   * Nanoseconds; of CLOCK_MONOTONIC in QEMU's simpletrace files, since 1970 in its logs. 0 where the
   * trace tells none.
   */
  readonly timestamp: bigint;
  /** The process; the thread in logs that tell only that (`TID@…`, ftrace). 0 where neither is told. */
  readonly pid: number;
  /** Where the record begins in the trace, in bytes; of a compressed one, behind the decompression. */
  readonly offset: number;
}

/** A record of a declared event whose arguments are as the declaration says. */
export interface EventRecord extends RecordHead {
  readonly type: "event";
  readonly name: string;
  readonly event: EventModel;
  /** The arguments' bytes as simpletrace has them. */
  readonly payload: Uint8Array;
  /** The byte order of `payload`; little unless told. */
  readonly byteOrder?: ByteOrder;
  /** The arguments in order, by the declared types: 64-bit kinds are bigint, a null string is null. */
  readonly values: readonly PrintfValue[];
  /**
   * The names of arguments that the trace does not tell for certain: a line of a log that can be read
   * in two ways, or does not print all of an argument; a string of simpletrace 0, which has only
   * its address. Absent where all is certain.
   */
  readonly uncertain?: readonly string[];
  /** What a log has behind the event's name; absent in binary traces. */
  readonly text?: string;
}

/** A record that is whole but whose arguments cannot be told. */
export interface RawRecord extends RecordHead {
  readonly type: "raw";
  readonly reason: RawReason;
  /** The event's name, or `event ID` where the trace does not tell it. */
  readonly name: string;
  /** The arguments' bytes; of a log's line, what stands behind the name. */
  readonly payload: Uint8Array;
  /** For `layout` and `format`: how what is there differs from what is declared. */
  readonly difference?: string;
}

/**
 * `undeclared`: no declaration of that name; `layout`: the declaration's arguments do not fill the
 * record, so it is of another version; `unmapped`: the trace does not name the event's id; `format`:
 * the declared format cannot have printed a log's line.
 */
export type RawReason = "undeclared" | "layout" | "unmapped" | "format";

/** QEMU's note that its ring was full and events were lost. */
export interface DroppedRecord extends RecordHead {
  readonly type: "dropped";
  /** How many. */
  readonly count: bigint;
}

/** A line of a log that is no event: an error message, the guest's output. */
export interface TextRecord extends RecordHead {
  readonly type: "text";
  readonly name: "";
  /** The line, with what stands before it. */
  readonly text: string;
}

/** Bytes between records that are none. */
export interface GarbageRecord extends RecordHead {
  readonly type: "garbage";
  readonly name: "";
  /** How many bytes. */
  readonly length: number;
  /** True where all of them are zero, as behind a crash of the machine. */
  readonly zeros: boolean;
}

/** The arguments by name. */
export function namedValues(record: EventRecord): Record<string, PrintfValue> {
  return Object.fromEntries(
    record.event.arguments.map(({ name }, index) => [name, record.values[index] ?? null]),
  );
}
