import { type Clock, monotonicClock, recordTime } from "./clock.js";
import type { EventGroup } from "./event-group.js";
import { Outlet } from "./outlet.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";
import { type TypedRecord, typedRecord } from "./typed-record.js";

export interface CallbackSinkOptions<R extends TypedRecord> {
  /** Only this group's records are passed on, typed as its records; every group's unless told. */
  readonly group?: EventGroup<R>;
  /**
   * Takes a record; what it traces itself, before it returns, does not come back to it. One that is
   * async is not waited for; when it fails, the sink fails with the next record.
   */
  readonly callback: (record: R) => void;
  /** The records' timestamps. */
  readonly clock?: Clock;
}

/** Calls back with each record: `switch (record.event)` narrows `record.arguments`. */
export class CallbackSink<R extends TypedRecord = TypedRecord> implements Sink {
  readonly #group: string | undefined;
  readonly #outlet: Outlet<R>;
  readonly #time: (at?: number) => bigint;
  #inside = false;

  constructor({ group, callback, clock = monotonicClock }: CallbackSinkOptions<R>) {
    this.#group = group?.name;
    this.#outlet = new Outlet(callback, () => {});
    this.#time = recordTime(clock);
  }

  write(event: TraceEvent, values: readonly ArgumentValue[], at?: number): void {
    if (this.#inside || (this.#group !== undefined && event.group !== this.#group)) return;
    this.#inside = true;
    try {
      this.#outlet.pass(typedRecord(event, values, this.#time(at)) as R);
    } finally {
      this.#inside = false;
    }
  }

  /** Throws what an async callback has failed with. */
  flush(): void {
    this.#outlet.check();
  }
}
