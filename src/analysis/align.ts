/** Indices into the two sequences that belong together. */
export type IndexPair = readonly [left: number, right: number];

/**
 * A longest common subsequence of two sequences of keys, as pairs of indices in order (Myers'
 * greedy algorithm); with thousands of differences, a long one. A key missing on one side costs its own pair, and none behind it.
 *
 * `fits` may forbid pairs of equal keys by what else is known of them.
 */
export function align(
  left: readonly string[],
  right: readonly string[],
  fits: (left: number, right: number) => boolean = () => true,
): IndexPair[] {
  // Keys that one side lacks can never pair; without them the sequences nearly agree, and the
  // search, whose cost grows with the square of the differences, is short.
  const inRight = new Set(right);
  const inLeft = new Set(left);
  const a = indicesOf(left, inRight);
  const b = indicesOf(right, inLeft);
  const equal = (x: number, y: number) => left[a[x]!] === right[b[y]!] && fits(a[x]!, b[y]!);
  return commonSubsequence(a.length, b.length, equal).map(([i, j]) => [a[i]!, b[j]!]);
}

function indicesOf(keys: readonly string[], others: ReadonlySet<string>): number[] {
  return [...keys.keys()].filter((index) => others.has(keys[index]!));
}

/**
 * How many differences are searched for the best way through them. Beyond, the way that came furthest
 * is taken, and the search begins again from there: else a stream of a few kilobytes could take
 * gigabytes of memory, as both grow with the square of the differences.
 */
const MOST_DIFFERENCES = 4000;

type Equal = (x: number, y: number) => boolean;

function commonSubsequence(width: number, height: number, equal: Equal): IndexPair[] {
  const whole = findPath(width, height, equal);
  if (whole.x === width && whole.y === height) return whole.pairs;
  const pairs: IndexPair[] = [];
  let alike = 0;
  const isAlike = () => equal(width - alike - 1, height - alike - 1);
  while (alike < Math.min(width, height) && isAlike()) alike++;
  let [x, y] = [0, 0];
  while (x < width - alike && y < height - alike) {
    const [left, top] = [x, y];
    const rest = [width - alike - x, height - alike - y] as const;
    const path = findPath(...rest, (i, j) => equal(left + i, top + j));
    for (const [i, j] of path.pairs) pairs.push([left + i, top + j]);
    x += path.x;
    y += path.y;
  }
  for (; alike > 0; alike--) pairs.push([width - alike, height - alike]);
  return pairs;
}

interface Path {
  /** Where it ends. */
  readonly x: number;
  readonly y: number;
  readonly pairs: IndexPair[];
}

/** The path to the end that has the fewest differences; else the one that comes furthest. */
function findPath(width: number, height: number, equal: Equal): Path {
  // The furthest x of each diagonal, for each number of differences: of diagonals -n, 2 - n … n.
  const rows: Int32Array[] = [];
  for (let distance = 0; ; distance++) {
    const row = new Int32Array(distance + 1);
    for (let index = 0; index <= distance; index++) {
      let { x } = start(rows, distance, index);
      let y = x - (2 * index - distance);
      while (x < width && y < height && equal(x, y)) {
        x++;
        y++;
      }
      row[index] = x;
      if (x >= width && y >= height) return pathTo(rows, distance, width, height);
    }
    if (distance === MOST_DIFFERENCES) {
      const { x, y } = furthest(row, width, height);
      return pathTo(rows, distance, x, y);
    }
    rows.push(row);
  }
}

/** Where a path on a diagonal begins: one step down, or one to the right, from its neighbours. */
function start(
  rows: readonly Int32Array[],
  distance: number,
  index: number,
): { readonly x: number; readonly down: boolean } {
  if (distance === 0) return { x: 0, down: true };
  const row = rows[distance - 1]!;
  const above = row[index] ?? -1;
  const before = row[index - 1] ?? -1;
  const down = index === 0 || (index !== distance && before < above);
  return { x: down ? above : before + 1, down };
}

function furthest(row: Int32Array, width: number, height: number): { x: number; y: number } {
  let best = { x: 0, y: 0 };
  for (const [index, x] of row.entries()) {
    const y = x - (2 * index - (row.length - 1));
    if (x <= width && y <= height && x + y > best.x + best.y) best = { x, y };
  }
  return best;
}

function pathTo(rows: readonly Int32Array[], last: number, xEnd: number, yEnd: number): Path {
  const pairs: IndexPair[] = [];
  let x = xEnd;
  let y = yEnd;
  for (let distance = last; distance >= 0; distance--) {
    const from = start(rows, distance, (x - y + distance) / 2);
    while (x > from.x) pairs.push([--x, --y]);
    if (from.down) y--;
    else x--;
  }
  return { x: xEnd, y: yEnd, pairs: pairs.reverse() };
}
