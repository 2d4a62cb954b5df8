import { formatDuration } from "../../units.js";

/** A moment since the begin, `1505.735 ms`. */
export function momentText(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(3)} ms`;
}

/** A length of time; what is shorter than a microsecond is said to be so. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return "an instant";
  if (nanoseconds > 0 && nanoseconds < 1000) return `${nanoseconds} ns`;
  return formatDuration(BigInt(Math.round(nanoseconds)));
}
