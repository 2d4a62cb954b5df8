import { isoNanoseconds, isoPattern } from "../../traces/lines/iso-time.js";
import type { TraceClock } from "../../traces/lines/line-format.js";
import { Failure } from "../io.js";

/** A time as `--since` and `--until` take it. */
export interface TimeLimit {
  /** As it was given. */
  readonly text: string;
  /** From the trace's first record on, by the trace's own clock, or since 1970. */
  readonly from: "first record" | "clock" | "1970";
  readonly nanoseconds: bigint;
}

const units: Readonly<Record<string, number>> = { s: 9, ms: 6, us: 3, µs: 3, ns: 0 };
const isoTime = new RegExp(`^${isoPattern}$`);

/**
 * Reads a time: `1.5s`, `20ms`, `7us`, `9ns` from the trace's first record on, an ISO 8601 time with
 * its zone, or nanoseconds by the trace's clock, as `--format jsonl` has them.
 */
export function parseTimeLimit(text: string): TimeLimit {
  if (/^\d{1,19}$/.test(text)) return { text, from: "clock", nanoseconds: BigInt(text) };
  const [, whole, fraction = "", unit] =
    /^(\d{1,12})(?:\.(\d{1,9}))?(s|ms|us|µs|ns)$/.exec(text) ?? [];
  if (whole && unit) {
    const digits = units[unit]!;
    const nanoseconds = BigInt(whole + fraction.slice(0, digits).padEnd(digits, "0"));
    return { text, from: "first record", nanoseconds };
  }
  const [, second, parts, zone] = isoTime.exec(text) ?? [];
  const nanoseconds = second && zone ? isoNanoseconds(second, parts, zone) : undefined;
  if (nanoseconds !== undefined) return { text, from: "1970", nanoseconds };
  throw new Failure(
    `${text} is no time: give 1.5s, 20ms or 7us from the first record on, 2026-11-23T03:26:07.67Z, or nanoseconds`,
  );
}

/** The limit by the trace's clock. Throws `Failure` where that clock cannot tell. */
export function limitTime(limit: TimeLimit, clock: TraceClock, first: bigint): bigint {
  if (clock === "none") throw new Failure(`${limit.text}: this trace has no timestamps`);
  if (limit.from === "first record") return first + limit.nanoseconds;
  if (limit.from === "1970" && clock !== "realtime") {
    throw new Failure(
      `${limit.text}: this trace's clock does not count from 1970; give a time from its first record on, such as 1.5s`,
    );
  }
  return limit.nanoseconds;
}
