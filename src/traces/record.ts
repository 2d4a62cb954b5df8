import type { EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";

/** What a trace holds: events, mostly; and what could not be read as one, or was never written. */
export type TraceRecord = EventRecord | RawRecord | DroppedRecord;

interface RecordHead {
  /** Nanoseconds; of CLOCK_MONOTONIC in QEMU's simpletrace files. */
  readonly timestamp: bigint;
  readonly pid: number;
  /** Where the record begins in the trace, in bytes. */
  readonly offset: number;
}

/** A record of a declared event whose arguments are as the declaration says. */
export interface EventRecord extends RecordHead {
  readonly type: "event";
  readonly name: string;
  readonly event: EventModel;
  /** The arguments' bytes as the trace has them. */
  readonly payload: Uint8Array;
  /** The arguments in order, by the declared types: 64-bit kinds are bigint, a null string is null. */
  readonly values: readonly PrintfValue[];
}

/** A record that is whole but whose arguments cannot be told. */
export interface RawRecord extends RecordHead {
  readonly type: "raw";
  /**
   * `undeclared`: no declaration of that name; `layout`: the declaration's arguments do not fill the
   * record, so it is of another version; `unmapped`: the trace does not name the event's id.
   */
  readonly reason: "undeclared" | "layout" | "unmapped";
  /** The event's name, or `event ID` where the trace does not tell it. */
  readonly name: string;
  readonly payload: Uint8Array;
}

/** QEMU's note that its ring was full and events were lost. */
export interface DroppedRecord extends RecordHead {
  readonly type: "dropped";
  /** How many. */
  readonly count: bigint;
}

/** The arguments by name. */
export function namedValues(record: EventRecord): Record<string, PrintfValue> {
  return Object.fromEntries(
    record.event.arguments.map(({ name }, index) => [name, record.values[index] ?? null]),
  );
}
