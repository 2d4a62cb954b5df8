import { percentile, sortNumbers } from "../../src/analysis/percentile.js";

/** The value below which a part of all values lies, from 0 (the lowest) to 1, by nearest rank. */
export function quantile(values: readonly number[], part: number): number {
  return percentile(sortNumbers(values), part * 100)!;
}
