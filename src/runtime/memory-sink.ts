import { type Clock, monotonicClock } from "./clock.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";

/** A record kept in memory. */
export interface MemoryRecord {
  readonly event: string;
  readonly group: string;
  /** Nanoseconds of the sink's clock. */
  readonly timestamp: bigint;
  /** The arguments by name, as the tracer was given them. */
  readonly arguments: Readonly<Record<string, ArgumentValue>>;
}

/** Keeps records in memory, for tests and for programs that look at their own trace. */
export class MemorySink implements Sink {
  readonly records: MemoryRecord[] = [];
  readonly #clock: Clock;

  constructor({ clock = monotonicClock }: { readonly clock?: Clock } = {}) {
    this.#clock = clock;
  }

  write(event: TraceEvent, values: readonly ArgumentValue[]): void {
    const named = event.arguments.map(([name], index) => [name, values[index] ?? null] as const);
    this.records.push({
      event: event.name,
      group: event.group,
      timestamp: this.#clock(),
      arguments: Object.fromEntries(named),
    });
  }
}
