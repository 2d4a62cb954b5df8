import type { RamBlockInfo } from "../wire/stream-item.js";

/** Where a page belongs, in bytes; all pages of a migration are of one size. */
export interface PlacedPage {
  readonly block: RamBlockInfo;
  readonly address: number;
  readonly pageSize: number;
}

/**
 * Keeps pages of several channels apart by the sync points behind which they came: what was sent
 * before one must not overwrite what was sent after it, whichever channel is the faster one. So no
 * channel has to wait for another.
 */
export class PageRounds {
  readonly #rounds = new Map<string, Uint32Array>();

  /** Whether a page of a round may be written; it then counts as written. */
  admit({ block, address, pageSize }: PlacedPage, round: number): boolean {
    const page = address / pageSize;
    let rounds = this.#rounds.get(block.name);
    if (!rounds) {
      rounds = new Uint32Array(Math.ceil(block.usedLength / pageSize));
      this.#rounds.set(block.name, rounds);
    }
    if (rounds[page]! > round) return false;
    rounds[page] = round;
    return true;
  }
}
