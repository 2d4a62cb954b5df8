import type { MigrationAccount } from "../../analysis/account.js";
import { formatMilliseconds } from "../units.js";

/** A moment in milliseconds since the migration began. */
export type Clock = (time: bigint | undefined) => string;

/** Times are shown in milliseconds since the migration began. */
export function relativeClock({ begin, items }: MigrationAccount): Clock {
  const first = items.flatMap(({ source, destination }) =>
    [source, destination].flatMap((pairing) =>
      pairing.status === "paired" ? [pairing.start] : [],
    ),
  )[0];
  const origin = begin ?? first ?? 0n;
  return (time) => (time === undefined ? "–" : formatMilliseconds(time - origin));
}
