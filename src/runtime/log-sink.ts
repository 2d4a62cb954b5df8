import { formatPrintf } from "../printf/format.js";
import { type Clock, wallClock } from "./clock.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";

/**
 * What stands before an event's name: nothing, `TID@SECONDS.MICROSECONDS:` (QEMU up to 10.1), or
 * ISO 8601 in UTC with microseconds (QEMU from 10.2 on).
 */
export type LogTimestamps = "none" | "thread" | "iso";

export interface LogSinkOptions {
  /** Takes the text, whole lines. */
  readonly write: (text: string) => void;
  /** `iso` unless told. */
  readonly timestamps?: LogTimestamps;
  /** Nanoseconds since 1970. */
  readonly clock?: Clock;
  /** The thread id that `thread` timestamps carry. */
  readonly tid?: number;
  /** How many characters are held back at most; 16,384 unless told, 0 writes each line at once. */
  readonly bufferSize?: number;
}

/** Writes lines as QEMU's `log` backend does: the event's name, a blank, and its format filled in. */
export class LogSink implements Sink {
  readonly #write: (text: string) => void;
  readonly #prefix: () => string;
  readonly #bufferSize: number;
  #text = "";

  constructor(options: LogSinkOptions) {
    const { clock = wallClock, tid = 0, timestamps = "iso", bufferSize = 16384 } = options;
    this.#write = options.write;
    this.#bufferSize = bufferSize;
    this.#prefix = {
      none: () => "",
      thread: () => `${tid}@${secondsAndMicroseconds(clock())}:`,
      iso: () => `${isoTime(clock())} `,
    }[timestamps];
  }

  write(event: TraceEvent, values: readonly ArgumentValue[]): void {
    this.#text += `${this.#prefix()}${event.name} ${formatPrintf(event.format, values)}\n`;
    if (this.#text.length >= this.#bufferSize) this.flush();
  }

  flush(): void {
    if (this.#text !== "") this.#write(this.#text);
    this.#text = "";
  }
}

function secondsAndMicroseconds(time: bigint): string {
  const microseconds = time / 1000n;
  return `${microseconds / 1_000_000n}.${String(microseconds % 1_000_000n).padStart(6, "0")}`;
}

/** GLib leaves the fraction out when it is zero; so does this. */
function isoTime(time: bigint): string {
  const microseconds = time / 1000n;
  const whole = new Date(Number(microseconds / 1000n)).toISOString().slice(0, 19);
  const fraction = microseconds % 1_000_000n;
  return fraction === 0n ? `${whole}Z` : `${whole}.${String(fraction).padStart(6, "0")}Z`;
}
