import type { MigrationAccount } from "../../analysis/account.js";
import { originOf } from "../time-line.js";
import { formatMilliseconds } from "../units.js";

/** A time in milliseconds since the migration started. */
export type Clock = (time: bigint | undefined) => string;

/** Times are shown in milliseconds since the migration started. */
export function relativeClock(account: MigrationAccount): Clock {
  return since(originOf(account));
}

/** Whether the destination's times can be placed among the source's. */
export function isPlaced({ clocks, source, destination }: MigrationAccount): boolean {
  if (!source || !destination) return true;
  return clocks !== undefined && clocks.verdict !== "unknown" && clocks.verdict !== "broken";
}

/** The destination's times: where they cannot be placed among the source's, since its first event. */
export function destinationClock(account: MigrationAccount): Clock {
  if (isPlaced(account)) return relativeClock(account);
  const first = account.items.find(({ destination }) => destination.status === "paired");
  if (first?.destination.status === "paired") return since(first.destination.start);
  const { checkpoints } = account.downtime;
  return since(checkpoints.find(({ side }) => side === "destination")?.at ?? 0n);
}

function since(origin: bigint): Clock {
  return (time) => (time === undefined ? "–" : formatMilliseconds(time - origin));
}
