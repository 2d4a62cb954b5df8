/**
 * The percentile of sorted values by nearest rank: the least value that at least `percent` of 100
 * values do not exceed. It is a value that was measured, never one between two. Undefined if there
 * is no value. The SQL views compute the same (`Dialect.percentile`).
 */
export function percentile<T extends number | bigint>(
  sorted: readonly T[],
  percent: number,
): T | undefined {
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)];
}

/** Numbers in ascending order. */
export function sortNumbers(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}
