import {
  trace_migration_bitmap_clear_dirty,
  trace_migration_bitmap_sync_end,
  trace_migration_bitmap_sync_start,
} from "../../../generated/migration.js";
import { RamRecordWriter } from "../wire/ram-record-writer.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { type GuestRam, PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import type { TransferStats } from "./transfer-stats.js";

/** Pages of the piece of memory whose log is cleared at once: 1 GiB. */
const CLEAR_PAGES = 1 << 18;

/** Milliseconds after which the count of dirtied pages begins anew. */
const PERIOD = 1000;

/** A block with the pages that are still to be sent. */
interface SourceBlock {
  readonly block: RamBlock;
  readonly dirty: DirtyBitmap;
  /** The pieces whose log has to be cleared before a page of theirs is sent. */
  readonly unclear: Set<number>;
}

/** Pages that were sent, by kind of record. */
export interface PageCounts {
  readonly normal: number;
  readonly zero: number;
}

/** The source's side of RAM: what is dirty, and the records of it. */
export class RamSource {
  readonly #blocks: readonly SourceBlock[];
  readonly #records: RamRecordWriter;
  readonly #writer: StreamWriter;
  readonly #stats: TransferStats;
  #blockIndex = 0;
  #page = 0;
  #syncs = 0;
  #periodPages = 0;
  #periodBegin = performance.now();
  #normal = 0;
  #zero = 0;

  constructor(ram: GuestRam, writer: StreamWriter, stats: TransferStats) {
    this.#blocks = ram.blocks.map((block) => ({
      block,
      dirty: new DirtyBitmap(block.pages),
      unclear: new Set(),
    }));
    this.#writer = writer;
    this.#records = new RamRecordWriter(writer);
    this.#stats = stats;
  }

  /** Pages still to be sent, as far as known. */
  get dirtyPages(): number {
    return this.#blocks.reduce((sum, { dirty }) => sum + dirty.count, 0);
  }

  /** How often the dirty log was taken over. */
  get syncs(): number {
    return this.#syncs;
  }

  get counts(): PageCounts {
    return { normal: this.#normal, zero: this.#zero };
  }

  /** Marks all memory as to be sent, and writes the block list. */
  begin(): void {
    for (const { block, dirty } of this.#blocks) {
      dirty.addAll();
      block.log.clear();
    }
    this.sync();
    const list = this.#blocks.map(({ block }) => ({ name: block.name, usedLength: block.size }));
    this.#writer.ramBlockList(list);
  }

  /** Moves what the guest has written since the last time into what is to be sent. */
  sync(): void {
    trace_migration_bitmap_sync_start();
    this.#syncs += 1;
    for (const { block, dirty, unclear } of this.#blocks) {
      this.#periodPages += dirty.takeFrom(block.log);
      markUnclear(block, unclear);
    }
    trace_migration_bitmap_sync_end(this.#periodPages);
    const now = performance.now();
    if (now <= this.#periodBegin + PERIOD) return;
    this.#periodBegin = now;
    this.#periodPages = 0;
    this.#stats.transferred();
  }

  /** Writes the record of the next dirty page; false if there is none. */
  writeNextPage(lastStage = false): boolean {
    for (let tried = 0; tried <= this.#blocks.length; tried += 1) {
      const source = this.#blocks[this.#blockIndex];
      if (!source) return false;
      const page = source.dirty.next(this.#page);
      if (page >= 0) {
        if (!lastStage) clearLog(source, page);
        this.#writePage(source, page);
        this.#page = page + 1;
        return true;
      }
      this.#blockIndex = (this.#blockIndex + 1) % this.#blocks.length;
      this.#page = 0;
    }
    return false;
  }

  /** Writes the end of a section's data. */
  endOfSection(): void {
    this.#records.endOfSection();
  }

  #writePage({ block, dirty }: SourceBlock, page: number): void {
    dirty.remove(page);
    const address = page * PAGE_SIZE;
    if (block.isZero(page)) {
      this.#zero += 1;
      this.#records.zero(block.name, address);
    } else {
      this.#normal += 1;
      this.#records.page(block.name, address, block.page(page));
    }
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

function clearLog({ block, unclear }: SourceBlock, page: number): void {
  const piece = Math.floor(page / CLEAR_PAGES);
  if (!unclear.delete(piece)) return;
  const size = CLEAR_PAGES * PAGE_SIZE;
  trace_migration_bitmap_clear_dirty(block.name, piece * size, size, page);
}
