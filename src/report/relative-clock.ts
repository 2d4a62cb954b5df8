import type { MigrationAccount } from "../analysis/account.js";
import { isRelated } from "../analysis/relate-clocks.js";
import { extentOf, originOf } from "./time-line.js";
import { formatMilliseconds } from "./units.js";

/** A time in milliseconds since the migration started. */
export type Clock = (time: bigint | undefined) => string;

/** What the destination's times are where they cannot be placed among the source's. */
export const OWN_CLOCK = "by the destination's own clock, since its first item";

/** Times are shown in milliseconds since the migration started. */
export function relativeClock(account: MigrationAccount): Clock {
  return since(originOf(account));
}

/** Whether the destination's times can be placed among the source's. */
export function isPlaced({ clocks, source, destination }: MigrationAccount): boolean {
  if (!source || !destination) return true;
  return isRelated(clocks);
}

/** The destination's times: where they cannot be placed among the source's, since its first event. */
export function destinationClock(account: MigrationAccount): Clock {
  return since(originsOf(account).destination);
}

/** The times that those of each side count from: one for both where they can be compared. */
export function originsOf(account: MigrationAccount): {
  readonly source: bigint;
  readonly destination: bigint;
} {
  const source = originOf(account);
  if (isPlaced(account)) return { source, destination: source };
  return { source, destination: extentOf(account, "destination")?.begin ?? 0n };
}

function since(origin: bigint): Clock {
  return (time) => (time === undefined ? "–" : formatMilliseconds(time - origin));
}
