/** Indices into the two sequences that belong together. */
export type IndexPair = readonly [left: number, right: number];

/** How many comparisons alignments may still take; shared by all of one analysis. */
export interface AlignmentBudget {
  comparisons: number;
}

/**
 * A longest common subsequence of two sequences of keys, as pairs of indices in order (Myers'
 * greedy algorithm). A key missing on one side costs its own pair, and none after it. `undefined`
 * if the sequences differ so much that finding it would take more comparisons than the budget has.
 *
 * `fits` may forbid pairs of equal keys by what else is known of them.
 */
export function align(
  left: readonly string[],
  right: readonly string[],
  fits: (left: number, right: number) => boolean,
  budget: AlignmentBudget,
): IndexPair[] | undefined {
  // Keys that one side lacks can never pair; without them the sequences nearly agree, and the
  // search, whose cost grows with the square of the differences, is short.
  const numbers = new Map(left.map((key, index) => [key, index]));
  const inRight = new Set(right);
  const a = indicesOf(left, inRight);
  const b = indicesOf(right, numbers);
  const [aKeys, bKeys] = [
    a.map((i) => numbers.get(left[i]!)),
    b.map((j) => numbers.get(right[j]!)),
  ];
  const equal = (x: number, y: number) => aKeys[x] === bKeys[y] && fits(a[x]!, b[y]!);
  const moves = shortestEdit(a.length, b.length, equal, budget);
  return moves && pairsAlong(moves, a.length, b.length, equal).map(([x, y]) => [a[x]!, b[y]!]);
}

function indicesOf(keys: readonly string[], others: { has(key: string): boolean }): number[] {
  return [...keys.keys()].filter((index) => others.has(keys[index]!));
}

/**
 * The fewest moves from (0, 0) to (width, height), to the right (0) or down (1), between which the
 * path follows equal pairs diagonally as far as it can.
 */
function shortestEdit(
  width: number,
  height: number,
  equal: (x: number, y: number) => boolean,
  budget: AlignmentBudget,
): Uint8Array | undefined {
  // By diagonal, from -height - 1 on: the furthest x that so many moves reach.
  const zero = height + 1;
  const furthest = new Int32Array(width + height + 3).fill(-1);
  furthest[zero + 1] = 0;
  const history = new MoveHistory();
  for (let low = 0, high = 0; ; ) {
    history.addDistance(low, high);
    let [nextLow, nextHigh] = [low - 1, high + 1];
    for (let diagonal = low; diagonal <= high; diagonal += 2) {
      const above = furthest[zero + diagonal + 1]!;
      const before = furthest[zero + diagonal - 1]!;
      const down = before < above;
      history.addMove(down);
      const start = down ? above : before + 1;
      let x = start;
      let y = x - diagonal;
      while (x < width && y < height && equal(x, y)) {
        x++;
        y++;
      }
      furthest[zero + diagonal] = x;
      if (x === width && y === height) return history.movesTo(diagonal);
      // At an edge there is one direction left, so the diagonals beyond cannot do better.
      if (y === height) nextLow = diagonal + 1;
      else if (x === width) nextHigh = Math.min(nextHigh, diagonal - 1);
      budget.comparisons -= x - start + 1;
      if (budget.comparisons < 0) return undefined;
    }
    [low, high] = [nextLow, nextHigh];
  }
}

/** By distance, the last move to every second diagonal from the lowest one on: a byte per move. */
class MoveHistory {
  #moves = new Uint8Array(4096);
  #length = 0;
  readonly #distances: { readonly low: number; readonly at: number }[] = [];

  /** Starts the moves of the next distance, those to the diagonals from `low` to `high`. */
  addDistance(low: number, high: number): void {
    this.#distances.push({ low, at: this.#length });
    const needed = this.#length + (high - low) / 2 + 1;
    if (needed <= this.#moves.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#moves);
    this.#moves = larger;
  }

  addMove(down: boolean): void {
    this.#moves[this.#length++] = down ? 1 : 0;
  }

  /** The path to a diagonal of the last distance. */
  movesTo(end: number): Uint8Array {
    const path = new Uint8Array(this.#distances.length - 1);
    let diagonal = end;
    for (let distance = path.length; distance > 0; distance--) {
      const { low, at } = this.#distances[distance]!;
      const move = this.#moves[at + (diagonal - low) / 2]!;
      path[distance - 1] = move;
      diagonal += move === 1 ? 1 : -1;
    }
    return path;
  }
}

function pairsAlong(
  moves: Uint8Array,
  width: number,
  height: number,
  equal: (x: number, y: number) => boolean,
): IndexPair[] {
  const pairs: IndexPair[] = [];
  let [x, y] = [0, 0];
  for (let next = 0; next <= moves.length; next++) {
    while (x < width && y < height && equal(x, y)) pairs.push([x++, y++]);
    if (moves[next] === 1) y++;
    else x++;
  }
  return pairs;
}
