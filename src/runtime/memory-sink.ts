import { type Clock, monotonicClock, recordTime } from "./clock.js";
import type { EventGroup } from "./event-group.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";
import { type TypedRecord, typedRecord } from "./typed-record.js";

export interface MemorySinkOptions<R extends TypedRecord> {
  /** Only this group's records are kept, and typed as its records; every group's unless told. */
  readonly group?: EventGroup<R>;
  /** Only so many are kept, the latest; all unless told. */
  readonly limit?: number;
  /** The records' timestamps. */
  readonly clock?: Clock;
}

/** Keeps records in memory, for tests and for programs that look at their own trace. */
export class MemorySink<R extends TypedRecord = TypedRecord> implements Sink {
  readonly #group: string | undefined;
  readonly #limit: number;
  readonly #time: (at?: number) => bigint;
  readonly #records: R[] = [];

  /** Throws `RangeError` for a limit below 1. */
  constructor({ group, limit, clock = monotonicClock }: MemorySinkOptions<R> = {}) {
    if (limit !== undefined && !(limit >= 1)) throw new RangeError(`a limit of ${limit} records`);
    this.#group = group?.name;
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#time = recordTime(clock);
  }

  /** What is kept, the oldest first. */
  get records(): readonly R[] {
    if (this.#records.length > this.#limit) this.#forget();
    return this.#records;
  }

  write(event: TraceEvent, values: readonly ArgumentValue[], at?: number): void {
    if (this.#group !== undefined && event.group !== this.#group) return;
    this.#records.push(typedRecord(event, values, this.#time(at)) as R);
    // Taking them out one by one would move all others each time.
    if (this.#records.length >= 2 * this.#limit) this.#forget();
  }

  /** Forgets what is kept. */
  clear(): void {
    this.#records.length = 0;
  }

  #forget(): void {
    this.#records.splice(0, this.#records.length - this.#limit);
  }
}
