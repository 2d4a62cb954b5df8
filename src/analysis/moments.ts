/** The later of two moments. */
export function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The latest of some moments; none of none. */
export function latest(moments: readonly (bigint | undefined)[]): bigint | undefined {
  return moments.reduce((found, moment) => {
    if (found === undefined || moment === undefined) return found ?? moment;
    return later(found, moment);
  }, undefined);
}

/** How one moment stands to another, for sorting. */
export function byTime(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
