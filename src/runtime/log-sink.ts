import { formatPrintf } from "../printf/format.js";
import { type Clock, recordTime, wallClock } from "./clock.js";
import { Outlet, type Write } from "./outlet.js";
import type { ArgumentKind, ArgumentValue, Sink, TraceEvent } from "./trace-event.js";
import { wrapValue } from "./wrap-value.js";

/**
 * What stands before an event's name: nothing, `TID@SECONDS.MICROSECONDS:` (QEMU up to 10.1), or
 * ISO 8601 in UTC with microseconds (QEMU from 10.2 on).
 */
export type LogTimestamps = "none" | "thread" | "iso";

export interface LogSinkOptions {
  /**
   * Takes the text, whole lines. One that needs time gives a promise: until it resolves, lines are
   * kept, and dropped and counted when there is no more room for them.
   */
  readonly write: Write<string>;
  /** `iso` unless told. */
  readonly timestamps?: LogTimestamps;
  /** Nanoseconds since 1970. */
  readonly clock?: Clock;
  /** The thread id that `thread` timestamps carry. */
  readonly tid?: number;
  /** How many characters are held back at most; 16,384 unless told, 0 writes each line at once. */
  readonly bufferSize?: number;
  /** How many more while the writer is busy; 262,144 unless told. */
  readonly backlog?: number;
}

/**
 * Writes lines as QEMU's `log` backend does: the event's name, a blank, and its format filled in.
 * When the program ends, `flush` it, or what is held back is lost.
 */
export class LogSink implements Sink {
  readonly #outlet: Outlet<string>;
  readonly #prefix: (at?: number) => string;
  readonly #bufferSize: number;
  readonly #backlog: number;
  #text = "";
  #dropped = 0;
  #closed = false;

  constructor(options: LogSinkOptions) {
    const { clock = wallClock, tid = 0, timestamps = "iso" } = options;
    const { bufferSize = 16384, backlog = 262144 } = options;
    this.#outlet = new Outlet(options.write, () => this.#passIfFull());
    this.#bufferSize = bufferSize;
    this.#backlog = backlog;
    const time = recordTime(clock);
    this.#prefix = {
      none: () => "",
      thread: (at?: number) => `${tid}@${secondsAndMicroseconds(time(at))}:`,
      iso: isoPrefix(time),
    }[timestamps];
  }

  write(event: TraceEvent, values: readonly ArgumentValue[], at?: number): void {
    if (this.#closed) return;
    if (this.#text.length > this.#bufferSize + this.#backlog) {
      this.#outlet.check();
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) this.#tellDropped();
    const text = formatPrintf(event.format, printable(event, values));
    this.#text += `${this.#prefix(at)}${event.name} ${text}\n`;
    this.#passIfFull();
  }

  /** Gives the writer all that is held back, even if it is busy. Throws what the writer throws. */
  flush(): void {
    if (this.#dropped > 0) this.#tellDropped();
    const text = this.#text;
    this.#text = "";
    if (text !== "") this.#outlet.pass(text);
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
    if (this.#text !== "" && this.#text.length >= this.#bufferSize && !this.#outlet.busy) {
      this.flush();
    }
  }

  /** QEMU's log has no such line; it loses nothing, since it waits. */
  #tellDropped(): void {
    this.#text += `[${this.#dropped} events dropped]\n`;
    this.#dropped = 0;
  }
}

/** As C has them, but for 64 bits, to which printing wraps anyway: no bigint is made of a number. */
function printable(event: TraceEvent, values: readonly ArgumentValue[]): ArgumentValue[] {
  return event.arguments.map(([, kind], index) => {
    const value = values[index] ?? null;
    return is64Bits(kind) && typeof value === "number" ? value : wrapValue(kind, value);
  });
}

function is64Bits(kind: ArgumentKind): boolean {
  return kind === "u64" || kind === "i64" || kind === "pointer";
}

function secondsAndMicroseconds(time: bigint): string {
  const microseconds = time / 1000n;
  return `${microseconds / 1_000_000n}.${String(microseconds % 1_000_000n).padStart(6, "0")}`;
}

/** GLib leaves the fraction out when it is zero; so does this. A second's text is made only once. */
function isoPrefix(time: (at?: number) => bigint): (at?: number) => string {
  let second = Number.NaN;
  let whole = "";
  return (at) => {
    const microseconds = Number(time(at) / 1000n);
    const now = Math.floor(microseconds / 1e6);
    if (now !== second) {
      second = now;
      whole = new Date(now * 1000).toISOString().slice(0, 19);
    }
    const fraction = microseconds - now * 1e6;
    return fraction === 0 ? `${whole}Z ` : `${whole}.${String(fraction).padStart(6, "0")}Z `;
  };
}
