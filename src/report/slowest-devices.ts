import type { DeviceTimes } from "../analysis/account.js";
import { formatMilliseconds } from "./units.js";

/** Devices by the longer of save and load, the slowest first. */
export function slowestFirst(devices: readonly DeviceTimes[]): DeviceTimes[] {
  return devices.toSorted((a, b) => Number(longest(b) - longest(a)));
}

/** The longer of save and load; 0 where neither is known. */
export function longest({ save = 0n, load = 0n }: DeviceTimes): bigint {
  return save > load ? save : load;
}

/** A time in milliseconds; of a bound, what it is at most. */
export function timeText(time: bigint | undefined, isBound = false): string {
  if (time === undefined) return "–";
  return isBound ? `≤ ${formatMilliseconds(time)}` : formatMilliseconds(time);
}
