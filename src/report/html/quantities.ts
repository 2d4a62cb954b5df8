/** Nanoseconds as a number and its unit, three digits or so. */
export function splitDuration(nanoseconds: bigint): { value: string; unit: string } {
  const value = Number(nanoseconds);
  const size = Math.abs(value);
  if (size < 1e6) return { value: (value / 1e3).toFixed(0), unit: "µs" };
  if (size < 1e9) return { value: digits(value / 1e6), unit: "ms" };
  return { value: digits(value / 1e9), unit: "s" };
}

/** A count with its thousands set apart; a dash where it is not told. */
export function count(value: number | undefined): string {
  return value === undefined ? "–" : value.toLocaleString("en");
}

/** A length as a percentage of a whole, for a style. */
export function cssPercent(part: number, whole: number): string {
  return `${((part / (whole || 1)) * 100).toFixed(3)}%`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}
