import type { RamBlockInfo, RamRange } from "../wire/stream-item.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { MigrationError } from "./migration-error.js";

/** A page by its block and its offset there, in bytes. */
export interface PageAddress {
  readonly block: string;
  readonly address: number;
}

/** Knows which pages a destination does not have: what was never sent, or was discarded since. */
export class MissingPages {
  readonly #blocks = new Map<string, DirtyBitmap>();
  readonly #infos: RamBlockInfo[] = [];
  #pageSize = 4096;

  /** Bytes of a page of the target. */
  get pageBytes(): number {
    return this.#pageSize;
  }

  /** How many pages are missing. */
  get count(): number {
    let count = 0;
    for (const pages of this.#blocks.values()) count += pages.count;
    return count;
  }

  block(info: RamBlockInfo, pageSize: number): void {
    this.#pageSize = pageSize;
    this.#infos.push(info);
    this.#addAll(info);
  }

  /** It is told before the first page. */
  pageSize(bytes: number): void {
    this.#pageSize = bytes;
    for (const info of this.#infos) this.#addAll(info);
  }

  /** A page is there from now on. */
  take(block: string, address: number): void {
    this.#blocks.get(block)?.remove(address / this.#pageSize);
  }

  /** What was sent of these ranges is out of date. Throws `MigrationError` for a block unknown. */
  discard(name: string, ranges: readonly RamRange[]): void {
    const pages = this.#blocks.get(name);
    if (!pages) throw new MigrationError(`discard in unknown RAM block "${name}"`);
    for (const { start, length } of ranges) {
      const end = (start + length) / this.#pageSize;
      if (end > pages.pages) throw new MigrationError(`discard beyond RAM block "${name}"`);
      for (let page = start / this.#pageSize; page < end; page += 1) pages.add(page);
    }
  }

  /**
   * The pages of a block that are here, as a bitmap of whole 64-bit words, little-endian. Throws
   * `MigrationError` for a block unknown.
   */
  received(name: string): Uint8Array {
    const pages = this.#blocks.get(name);
    if (!pages) throw new MigrationError(`RECV_BITMAP of unknown RAM block "${name}"`);
    const bitmap = pages.toBytes();
    for (const [at, byte] of bitmap.entries()) {
      const bits = Math.min(8, Math.max(0, pages.pages - 8 * at));
      bitmap[at] = ~byte & (2 ** bits - 1);
    }
    return bitmap;
  }

  /** Whether a page is missing. */
  has({ block, address }: PageAddress): boolean {
    return this.#blocks.get(block)?.has(address / this.#pageSize) ?? false;
  }

  /** A missing page: the next one behind the place that `random` chooses. */
  pick(random: (limit: number) => number): PageAddress | undefined {
    const blocks = [...this.#blocks].filter(([, pages]) => pages.count > 0);
    if (blocks.length === 0) return undefined;
    const [block, pages] = blocks[random(blocks.length)]!;
    const behind = pages.next(random(pages.pages));
    const page = behind >= 0 ? behind : pages.next(0);
    return { block, address: page * this.#pageSize };
  }

  #addAll({ name, usedLength }: RamBlockInfo): void {
    const pages = new DirtyBitmap(Math.ceil(usedLength / this.#pageSize));
    pages.addAll();
    this.#blocks.set(name, pages);
  }
}
