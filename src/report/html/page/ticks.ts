/** Round numbers within a range, `count` or so: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(start: number, end: number, count: number): { step: number; at: number[] } {
  const raw = (end - start) / Math.max(1, count);
  if (!(raw > 0)) return { step: 1, at: [] };
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const at: number[] = [];
  for (let index = Math.ceil(start / step); index * step <= end; index++)
    at.push(index * step || 0);
  return { step, at };
}

/** Bytes within a range, in steps of a power of two: round in binary units. */
export function byteTicks(start: number, end: number, count: number): number[] {
  const raw = (end - start) / Math.max(1, count);
  if (!(raw > 0)) return [];
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(raw)));
  const at: number[] = [];
  for (let value = Math.max(0, Math.ceil(start / step)) * step; value <= end; value += step) {
    at.push(value);
  }
  return at;
}

/** A moment in milliseconds, with as many digits as a step needs. */
export function timeLabel(nanoseconds: number, step: number): string {
  const digits = Math.max(0, Math.min(6, 6 - Math.floor(Math.log10(step) + 1e-9)));
  return `${(nanoseconds / 1e6).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}
