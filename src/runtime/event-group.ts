import type { TraceEvent } from "./trace-event.js";
import type { TypedRecord } from "./typed-record.js";

/**
 * The events of a group; a generated module exports one. As a type it carries the union of the
 * group's records, `R`, to sinks and readers.
 */
export interface EventGroup<R extends TypedRecord = TypedRecord> {
  readonly name: string;
  readonly events: readonly TraceEvent[];
  /** Never there: the place where the type of the records is kept. */
  readonly recordType?: R;
}
