/** A stretch of time. */
export interface Span {
  readonly start: number | bigint;
  readonly end: number | bigint;
}

/**
 * A row for each span, from 0, so that no two in a row overlap: two threads of one side, or a
 * package and what it packs. `undefined` spans have row 0.
 */
export function assignRows(spans: readonly (Span | undefined)[]): number[] {
  const rows = spans.map(() => 0);
  const byStart = spans
    .flatMap((span, index) => (span ? [{ ...span, index }] : []))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.index - b.index));
  const free: (number | bigint)[] = [];
  for (const { start, end, index } of byStart) {
    const fitting = free.findIndex((time) => time <= start);
    const row = fitting < 0 ? free.length : fitting;
    free[row] = end;
    rows[index] = row;
  }
  return rows;
}
