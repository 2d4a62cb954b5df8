import { formatBounds, formatDuration } from "../../units.js";
import type { PageModel, SideModel } from "./page-model.js";

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

/**
 * How long an item was from its save to its load, and the bounds where the clocks leave any; undefined
 * where that cannot be known.
 */
export function onTheWay(
  { source, destination, placed, slack: [shorter, longer] }: PageModel,
  item: number,
): { readonly value: number; readonly text: string; readonly range: string } | undefined {
  const value = destination.start[item]! - source.start[item]!;
  if (!placed || Number.isNaN(value)) return undefined;
  if (shorter === 0 && longer === 0) return { value, text: durationText(value), range: "" };
  const bounds = [Math.max(0, value - shorter), value + longer].map((bound) =>
    BigInt(Math.round(bound)),
  );
  const range = formatBounds(bounds[0], bounds[1]);
  return { value, text: `~${durationText(value)}`, range: ` (${range})` };
}

/** What the destination's times are where they cannot be compared with the source's. */
export const OWN_CLOCK = "own clock";
