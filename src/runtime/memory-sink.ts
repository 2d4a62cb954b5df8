import { type Clock, monotonicClock } from "./clock.js";
import type { EventGroup } from "./event-group.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";
import { type TypedRecord, typedRecord } from "./typed-record.js";

export interface MemorySinkOptions<R extends TypedRecord> {
  /** Only this group's records are kept, and typed as its records; every group's unless told. */
  readonly group?: EventGroup<R>;
  /** The records' timestamps. */
  readonly clock?: Clock;
}

/** Keeps records in memory, for tests and for programs that look at their own trace. */
export class MemorySink<R extends TypedRecord = TypedRecord> implements Sink {
  readonly records: R[] = [];
  readonly #group: string | undefined;
  readonly #clock: Clock;

  constructor({ group, clock = monotonicClock }: MemorySinkOptions<R> = {}) {
    this.#group = group?.name;
    this.#clock = clock;
  }

  write(event: TraceEvent, values: readonly ArgumentValue[]): void {
    if (this.#group !== undefined && event.group !== this.#group) return;
    this.records.push(typedRecord(event, values, this.#clock()) as R);
  }
}
