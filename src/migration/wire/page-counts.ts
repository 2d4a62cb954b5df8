/** Pages that a piece of the table is for. */
const PIECE = 4096;

/** A number for each page of a block, 0 at first; takes memory only where there are others. */
export class PageCounts {
  readonly #pieces = new Map<number, Uint32Array>();

  get(page: number): number {
    return this.#pieces.get(Math.floor(page / PIECE))?.[page % PIECE] ?? 0;
  }

  /** Adds 1, and gives the sum. */
  increment(page: number): number {
    const key = Math.floor(page / PIECE);
    let piece = this.#pieces.get(key);
    if (!piece) {
      piece = new Uint32Array(PIECE);
      this.#pieces.set(key, piece);
    }
    return ++piece[page % PIECE]!;
  }

  /** The pages with a number other than 0, in order. */
  *entries(): Generator<readonly [page: number, count: number], void, void> {
    for (const key of [...this.#pieces.keys()].sort((a, b) => a - b)) {
      for (const [index, count] of this.#pieces.get(key)!.entries()) {
        if (count > 0) yield [key * PIECE + index, count];
      }
    }
  }
}
