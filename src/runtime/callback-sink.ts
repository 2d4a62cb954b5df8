import { type Clock, monotonicClock } from "./clock.js";
import type { EventGroup } from "./event-group.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";
import { type TypedRecord, typedRecord } from "./typed-record.js";

export interface CallbackSinkOptions<R extends TypedRecord> {
  /** Only this group's records are passed on, typed as its records; every group's unless told. */
  readonly group?: EventGroup<R>;
  /** Takes a record. What it traces itself does not come back to it. */
  readonly callback: (record: R) => void;
  /** The records' timestamps. */
  readonly clock?: Clock;
}

/** Calls back with each record: `switch (record.event)` narrows `record.arguments`. */
export class CallbackSink<R extends TypedRecord = TypedRecord> implements Sink {
  readonly #group: string | undefined;
  readonly #callback: (record: R) => void;
  readonly #clock: Clock;
  #inside = false;

  constructor({ group, callback, clock = monotonicClock }: CallbackSinkOptions<R>) {
    this.#group = group?.name;
    this.#callback = callback;
    this.#clock = clock;
  }

  write(event: TraceEvent, values: readonly ArgumentValue[]): void {
    if (this.#inside || (this.#group !== undefined && event.group !== this.#group)) return;
    this.#inside = true;
    try {
      this.#callback(typedRecord(event, values, this.#clock()) as R);
    } finally {
      this.#inside = false;
    }
  }
}
