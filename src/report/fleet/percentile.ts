/** The value below which `percent` of 100 sorted values lie, by nearest rank; undefined of none. */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)];
}

/** Numbers in ascending order. */
export function sortNumbers(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}
