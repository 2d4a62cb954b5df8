import type { RamBlockInfo } from "../wire/stream-item.js";

/**
 * Keeps pages of several channels apart by the sync points behind which they came: what was sent
 * before one must not overwrite what was sent after it, whichever channel is the faster one. So no
 * channel has to wait for another.
 */
export class PageRounds {
  readonly #rounds = new Map<string, Uint32Array>();

  /** Whether a page of a round may be written; it then counts as written. */
  admit({ name, usedLength }: RamBlockInfo, page: number, round: number): boolean {
    let rounds = this.#rounds.get(name);
    if (!rounds) {
      // The smallest page there is bounds how many of them a block has.
      rounds = new Uint32Array(Math.ceil(usedLength / 1024));
      this.#rounds.set(name, rounds);
    }
    if (rounds[page]! > round) return false;
    rounds[page] = round;
    return true;
  }
}
