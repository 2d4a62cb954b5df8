import type { MigrationAccount, Postcopy } from "../analysis/account.js";
import { type BoundedMedian, stageMedians } from "./latency.js";
import { formatBounds, formatDuration } from "./units.js";

/** What the median page that was sent for its request waited for; undefined where no trace shows it. */
export function stageWords(
  { clocks }: Pick<MigrationAccount, "clocks">,
  { requests }: Pick<Postcopy, "requests">,
): string | undefined {
  const { queue, travel, there, back } = stageMedians(requests, clocks);
  if (queue === undefined || travel === undefined) return undefined;
  const waited = `${duration(queue)} at the source, ${duration(travel)} on the way there and back`;
  if (!there || !back) return `${waited}; how that divides is unknown`;
  return `${waited}: ${bounded(there)} there, ${bounded(back)} back`;
}

/** A value, and its range where it is not exact. */
function bounded({ value, lower, upper }: BoundedMedian): string {
  if (lower === upper) return duration(value);
  return `~${duration(value)} (${formatBounds(nanoseconds(lower), nanoseconds(upper))})`;
}

function duration(value: number): string {
  return formatDuration(nanoseconds(value));
}

function nanoseconds(value: number): bigint {
  return BigInt(Math.round(value));
}
