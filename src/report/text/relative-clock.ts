import type { MigrationAccount } from "../../analysis/account.js";
import { originOf } from "../time-line.js";
import { formatMilliseconds } from "../units.js";

/** A moment in milliseconds since the migration began. */
export type Clock = (time: bigint | undefined) => string;

/** Times are shown in milliseconds since the migration began. */
export function relativeClock(account: MigrationAccount): Clock {
  const origin = originOf(account);
  return (time) => (time === undefined ? "–" : formatMilliseconds(time - origin));
}
