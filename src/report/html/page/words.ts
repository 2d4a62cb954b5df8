import { formatDuration } from "../../units.js";
import type { SideModel } from "./page-model.js";

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

/** How long an item took at a side: at most so long, or unknown, where an event of it is missing. */
export function tookText({ start, end, statuses }: SideModel, item: number): string {
  if (statuses[item] === "o") return "?";
  const took = durationText(end[item]! - start[item]!);
  return statuses[item] === "b" ? `≤ ${took}` : took;
}

/** What the destination's times are where they cannot be compared with the source's. */
export const OWN_CLOCK = "own clock";
