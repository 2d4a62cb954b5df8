/** What stands before the event's name on a line of text. */
export interface LinePrefix {
  /** Where the name begins. */
  readonly length: number;
  /** Nanoseconds by the format's clock; 0 where the prefix tells no time. */
  readonly timestamp: bigint;
  /** The process or, where the prefix tells only that, the thread; 0 where it tells neither. */
  readonly pid: number;
}

/** A form of log: the lines of one writer. */
export interface LineFormat {
  readonly name: string;
  /** What the timestamps count from. */
  readonly clock: TraceClock;
  /** Reads what stands before the name; undefined for a line of other origin. */
  readonly readPrefix: (line: string) => LinePrefix | undefined;
}

/** 2^63 nanoseconds: the year 2262 by the wall clock. */
const TIME_LIMIT = 1n << 63n;

/** Reads a line's prefix. QEMU writes no time that 63 bits do not hold, such as the year 26 or 4026. */
export function readPrefix(format: LineFormat, line: string): LinePrefix | undefined {
  const prefix = format.readPrefix(line);
  return prefix && prefix.timestamp >= 0n && prefix.timestamp < TIME_LIMIT ? prefix : undefined;
}

/**
 * What a trace's timestamps count from: 1970 (`realtime`), the start of the machine (`monotonic`),
 * the start of a year that is not told (`year`), or nothing (`none`: there are none).
 */
export type TraceClock = "realtime" | "monotonic" | "year" | "none";
