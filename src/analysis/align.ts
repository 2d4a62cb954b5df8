/** Indices into the two sequences that belong together. */
export type IndexPair = readonly [left: number, right: number];

/**
 * A longest common subsequence of two sequences of keys, as pairs of indices in order (Myers'
 * greedy algorithm). A key missing on one side costs its own pair, and none behind it.
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

function commonSubsequence(
  width: number,
  height: number,
  equal: (x: number, y: number) => boolean,
): IndexPair[] {
  const limit = width + height;
  const history: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let distance = 0; distance <= limit; distance++) {
    const next = new Map<number, number>();
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = start(furthest, diagonal, distance);
      let y = x - diagonal;
      while (x < width && y < height && equal(x, y)) {
        x++;
        y++;
      }
      next.set(diagonal, x);
      if (x >= width && y >= height) return traceBack(history, furthest, width, height);
    }
    history.push(furthest);
    furthest = next;
  }
  return [];
}

/** Where a path on a diagonal begins: one step down, or one to the right, from its neighbours. */
function start(furthest: ReadonlyMap<number, number>, diagonal: number, distance: number): number {
  const above = furthest.get(diagonal + 1) ?? -1;
  const before = furthest.get(diagonal - 1) ?? -1;
  const down = diagonal === -distance || (diagonal !== distance && before < above);
  return down ? above : before + 1;
}

function traceBack(
  history: readonly ReadonlyMap<number, number>[],
  last: ReadonlyMap<number, number>,
  xEnd: number,
  yEnd: number,
): IndexPair[] {
  const pairs: IndexPair[] = [];
  let x = xEnd;
  let y = yEnd;
  const steps = [...history, last];
  for (let distance = steps.length - 1; distance >= 0; distance--) {
    const diagonal = x - y;
    const from = start(steps[distance]!, diagonal, distance);
    while (x > from) pairs.push([--x, --y]);
    if (distance === 0) break;
    const above = steps[distance]!.get(diagonal + 1) ?? -1;
    const before = steps[distance]!.get(diagonal - 1) ?? -1;
    const down = diagonal === -distance || (diagonal !== distance && before < above);
    if (down) y--;
    else x--;
  }
  return pairs.reverse();
}
