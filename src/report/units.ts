/** `4.57 MiB`, `812 B`: three digits or so. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0
    ? `${bytes} B`
    : `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${units[unit]}`;
}

/** Nanoseconds as `12 µs`, `1.234 ms`, `1.56 s`. */
export function formatDuration(nanoseconds: bigint): string {
  const value = Number(nanoseconds);
  const size = Math.abs(value);
  if (size < 1e6) return `${(value / 1e3).toFixed(0)} µs`;
  if (size < 1e9) return `${(value / 1e6).toFixed(3)} ms`;
  return `${(value / 1e9).toFixed(3)} s`;
}

/** What lies between two bounds: `52.183 to 52.879 ms`, `at least 4.100 ms`, `unknown`. */
export function formatBounds(lower: bigint | undefined, upper: bigint | undefined): string {
  if (lower === undefined && upper === undefined) return "unknown";
  if (upper === undefined) return `at least ${formatDuration(lower!)}`;
  if (lower === undefined) return `at most ${formatDuration(upper)}`;
  const [from, to] = [formatDuration(lower), formatDuration(upper)];
  const [value, unit] = from.split(" ");
  return to.endsWith(` ${unit}`) ? `${value} to ${to}` : `${from} to ${to}`;
}

/** Nanoseconds as milliseconds with three digits behind the point, for columns. */
export function formatMilliseconds(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e6).toFixed(3);
}

/** A share as `99.9 %`, rounded down: 100 % only where nothing is missing. */
export function formatShare(part: number, whole: number): string {
  return `${Math.floor((part / whole) * 1000) / 10} %`;
}

/** A share from 0 to 1 as `12.3 %`, rounded, but 100 % only where nothing is missing. */
export function formatPercent(share: number): string {
  const percent = Math.round(share * 1000) / 10;
  return `${(share < 1 ? Math.min(99.9, percent) : percent).toFixed(1)} %`;
}

/** An offset as debuggers have it. */
export function formatOffset(offset: number): string {
  return `0x${offset.toString(16)}`;
}
