import { trace_migration_bitmap_clear_dirty } from "../../../generated/migration.js";
import type { RamRange } from "../wire/stream-item.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { type GuestRam, PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import { MigrationError } from "./migration-error.js";

/** Pages of the piece of memory whose log is cleared at once: 1 GiB. */
const CLEAR_PAGES = 1 << 18;

/** A block with the pages that are still to be sent. */
export interface SourceBlock {
  readonly block: RamBlock;
  readonly dirty: DirtyBitmap;
  /** The pieces whose log has to be cleared before a page of theirs is sent. */
  readonly unclear: Set<number>;
}

/** A page that is still to be sent. */
export interface DirtyPage {
  readonly source: SourceBlock;
  readonly page: number;
}

/** Which pages of a guest's memory are still to be sent, block by block. */
export class SourceBlocks {
  readonly all: readonly SourceBlock[];
  #index = 0;
  #page = 0;

  constructor(ram: GuestRam) {
    this.all = ram.blocks.map((block) => ({
      block,
      dirty: new DirtyBitmap(block.pages),
      unclear: new Set(),
    }));
  }

  /** How many pages those are, as far as known. */
  get dirtyPages(): number {
    return this.all.reduce((sum, { dirty }) => sum + dirty.count, 0);
  }

  /** The names of all blocks, in order. */
  get names(): readonly string[] {
    return this.all.map(({ block }) => block.name);
  }

  /** The block of a name. */
  find(name: string): SourceBlock | undefined {
    return this.all.find(({ block }) => block.name === name);
  }

  /** All memory is to be sent. */
  addAll(): void {
    for (const { block, dirty } of this.all) {
      dirty.addAll();
      block.log.clear();
    }
  }

  /** Takes over what the guest has written since the last time; gives how many pages were new. */
  sync(): number {
    let added = 0;
    for (const { block, dirty, unclear } of this.all) {
      added += dirty.takeFrom(block.log);
      markUnclear(block, unclear);
    }
    return added;
  }

  /** The next page that is to be sent, in the order of memory, from where the last one was. */
  next(): DirtyPage | undefined {
    for (let tried = 0; tried <= this.all.length; tried += 1) {
      const source = this.all[this.#index];
      if (!source) return undefined;
      const page = source.dirty.next(this.#page);
      if (page >= 0) {
        this.#page = page + 1;
        return { source, page };
      }
      this.#index = (this.#index + 1) % this.all.length;
      this.#page = 0;
    }
    return undefined;
  }

  /** Every page that is to be sent, in ranges, block by block: what postcopy discards. */
  ranges(): { readonly block: string; readonly ranges: readonly RamRange[] }[] {
    return this.all.map(({ block, dirty }) => ({
      block: block.name,
      ranges: dirty.ranges().map(({ start, length }) => ({
        start: start * PAGE_SIZE,
        length: length * PAGE_SIZE,
      })),
    }));
  }

  /**
   * Has those pages of a block sent that the destination has not, by its bitmap. Throws
   * `MigrationError` for one of a wrong length (QEMU migration/ram.c: ram_dirty_bitmap_reload).
   */
  reload(name: string, received: Uint8Array): void {
    const { dirty } = this.find(name)!;
    if (received.length !== dirty.byteLength) {
      const lengths = `${received.length} bytes, not ${dirty.byteLength}`;
      throw new MigrationError(`the destination's bitmap of "${name}" has ${lengths}`);
    }
    dirty.setAllBut(received);
  }
}

/**
 * Only blocks of whole 64-page words have their log cleared late, piece by piece (QEMU
 * system/physmem.c: physical_memory_sync_dirty_bitmap); here nothing is left to do, so all that
 * there is of it is the trace.
 */
function markUnclear(block: RamBlock, unclear: Set<number>): void {
  if (block.pages % 64 !== 0) return;
  for (let page = 0; page < block.pages; page += CLEAR_PAGES) unclear.add(page / CLEAR_PAGES);
}

/** Clears the log of the piece that a page is in, before it is sent. */
export function clearLog({ source: { block, unclear }, page }: DirtyPage): void {
  const piece = Math.floor(page / CLEAR_PAGES);
  if (!unclear.delete(piece)) return;
  const size = CLEAR_PAGES * PAGE_SIZE;
  trace_migration_bitmap_clear_dirty(block.name, piece * size, size, page);
}
