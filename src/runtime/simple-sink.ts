import { type Clock, monotonicSplitClock, type SplitClock } from "./clock.js";
import { Outlet, type Write } from "./outlet.js";
import { DROPPED_LENGTH, RECORD_LIMIT, RecordBuffer } from "./record-buffer.js";
import { TimeHalves } from "./time-halves.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";

export interface SimpleSinkOptions {
  /**
   * Takes the bytes of the file, in order. One that needs time gives a promise: until it resolves,
   * records are kept, and dropped and counted when there is no more room for them.
   */
  readonly write: Write<Uint8Array>;
  /** The records' timestamps, which QEMU has of CLOCK_MONOTONIC; a `SplitClock` is read quicker. */
  readonly clock?: Clock | SplitClock;
  /** The process id that the records carry. */
  readonly pid?: number;
  /** How many bytes are held back at most for a writer that keeps up; 64 KiB unless told. */
  readonly bufferSize?: number;
  /** How many more while the writer is busy; 256 KiB unless told, as QEMU's ring. */
  readonly backlog?: number;
}

/**
 * Writes simpletrace version 4, as QEMU's `simple` backend does: little-endian (QEMU trace/simple.c).
 * When the program ends, `flush` it, or what is held back is lost.
 */
export class SimpleSink implements Sink {
  readonly #outlet: Outlet<Uint8Array>;
  readonly #buffer: RecordBuffer;
  readonly #bufferSize: number;
  readonly #time: TimeHalves;
  #dropped = 0;
  #closed = false;

  constructor(options: SimpleSinkOptions) {
    const { write, clock = monotonicSplitClock, pid = 0 } = options;
    const { bufferSize = 65536, backlog = 262144 } = options;
    this.#outlet = new Outlet(write, () => this.#passIfFull());
    this.#bufferSize = bufferSize;
    const capacity = bufferSize + RECORD_LIMIT + DROPPED_LENGTH;
    this.#buffer = new RecordBuffer(capacity, capacity + backlog, pid);
    this.#time = new TimeHalves(clock);
    this.#buffer.header();
  }

  /** Writes the mapping from the event's id to its name. */
  define(event: TraceEvent): void {
    if (this.#closed) return;
    if (!this.#buffer.reserve(RECORD_LIMIT)) this.flush();
    this.#buffer.mapping(event.id, event.name);
    this.#passIfFull();
  }

  write(event: TraceEvent, values: readonly ArgumentValue[], at?: number): void {
    if (this.#closed) return;
    const buffer = this.#buffer;
    if (!buffer.reserve(RECORD_LIMIT)) {
      this.#outlet.check();
      this.#dropped++;
      return;
    }
    const time = this.#time;
    time.read(at);
    if (this.#dropped > 0) this.#tellDropped();
    buffer.record(event, values, time);
    if (buffer.length >= this.#bufferSize) this.#passIfFull();
  }

  /** Gives the writer all that is held back, even if it is busy. Throws what the writer throws. */
  flush(): void {
    if (this.#dropped > 0) {
      this.#time.read();
      this.#tellDropped();
    }
    if (this.#buffer.length > 0) this.#outlet.pass(this.#buffer.take());
    else this.#outlet.check();
  }

  /**
   * Flushes, and resolves when the writer has taken all; rejects with what it failed with. Records
   * that come later are passed over.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.flush();
    await this.#outlet.finished();
  }

  #passIfFull(): void {
    if (this.#buffer.length >= this.#bufferSize && !this.#outlet.busy) this.flush();
  }

  #tellDropped(): void {
    this.#buffer.dropped(this.#dropped, this.#time);
    this.#dropped = 0;
  }
}
