import {
  trace_migration_bitmap_clear_dirty,
  trace_migration_bitmap_sync_end,
  trace_migration_bitmap_sync_start,
} from "../../../generated/migration.js";
import { RamRecordWriter } from "../wire/ram-record-writer.js";
import type { RamRange } from "../wire/stream-item.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import type { AutoConverge } from "./auto-converge.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { type GuestRam, PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import type { MappedRamSource } from "./mapped-ram-source.js";
import { MigrationError } from "./migration-error.js";
import type { MultifdSource } from "./multifd-source.js";
import { PageQueue } from "./page-queue.js";
import type { TransferStats } from "./transfer-stats.js";
import type { XbzrleCache } from "./xbzrle-cache.js";

/** Pages of the piece of memory whose log is cleared at once: 1 GiB. */
const CLEAR_PAGES = 1 << 18;

/** Milliseconds after which the count of dirtied pages begins anew. */
const PERIOD = 1000;

/** Syncs up to the first round, whose pages nobody has sent before. */
const FIRST_SYNCS = 1;

/** A block with the pages that are still to be sent. */
interface SourceBlock {
  readonly block: RamBlock;
  readonly dirty: DirtyBitmap;
  /** The pieces whose log has to be cleared before a page of theirs is sent. */
  readonly unclear: Set<number>;
}

/** Pages that were sent, by kind. */
export interface PageCounts {
  readonly normal: number;
  readonly zero: number;
  /** By XBZRLE: what changed in them; left out where there are none. */
  readonly xbzrle?: number;
}

/** How pages are to be sent. */
export interface RamSourceOptions {
  /** Whether pages of zeros are told from others. */
  readonly zeroPages: boolean;
  readonly xbzrle?: XbzrleCache | undefined;
  readonly multifd?: MultifdSource | undefined;
  /** Pages go to their places in the file, the stream has none. */
  readonly mappedRam?: MappedRamSource | undefined;
  readonly autoConverge?: AutoConverge | undefined;
}

/** The source's side of RAM: what is dirty, and the records of it. */
export class RamSource {
  readonly #blocks: readonly SourceBlock[];
  #records: RamRecordWriter;
  #writer: StreamWriter;
  readonly #stats: TransferStats;
  #blockIndex = 0;
  #page = 0;
  #syncs = 0;
  #periodPages = 0;
  #periodBegin = performance.now();
  readonly #options: RamSourceOptions;
  /** Pages that the destination has asked for. */
  readonly queue: PageQueue;
  #periodBytes = 0;
  #unsynced = false;
  /** Whether pages go as what changed in them. */
  #byCache = true;
  #dirtyRate = 0;
  #normal = 0;
  #zero = 0;
  #xbzrle = 0;

  constructor(
    ram: GuestRam,
    writer: StreamWriter,
    stats: TransferStats,
    options: RamSourceOptions,
  ) {
    this.#options = options;
    this.queue = new PageQueue(ram);
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
    const xbzrle = this.#xbzrle;
    return { normal: this.#normal, zero: this.#zero, ...(xbzrle > 0 && { xbzrle }) };
  }

  /** Pages that the guest dirties in a second, by the last period of at least a second. */
  get dirtyRate(): number {
    return this.#dirtyRate;
  }

  /** Whether so much is collected that it should be sent. */
  get isFull(): boolean {
    return this.#elsewhere?.isFull ?? false;
  }

  /** Sends what is collected for elsewhere than the stream. */
  async flush(): Promise<void> {
    await this.#elsewhere?.flush();
  }

  /** Sends that, and waits until it has been taken there. */
  async drain(): Promise<void> {
    await this.#elsewhere?.drain();
  }

  /** What takes the pages, if they are not in the stream. */
  get #elsewhere(): MultifdSource | MappedRamSource | undefined {
    return this.#options.multifd ?? this.#options.mappedRam;
  }

  /** Marks all memory as to be sent, and writes the block list. */
  async begin(): Promise<void> {
    for (const { block, dirty } of this.#blocks) {
      dirty.addAll();
      block.log.clear();
    }
    this.sync();
    await this.#writeBlockList();
    this.#syncChannels();
  }

  async #writeBlockList(): Promise<void> {
    const list = this.#blocks.map(({ block }) => ({ name: block.name, usedLength: block.size }));
    const { mappedRam } = this.#options;
    if (mappedRam) await mappedRam.writeBlockList(list);
    else this.#writer.ramBlockList(list);
  }

  /** The names of all blocks, in the order in which they are sent. */
  get blockNames(): readonly string[] {
    return this.#blocks.map(({ block }) => block.name);
  }

  /** From here on pages go whole, as in postcopy (QEMU migration/ram.c: ram_save_page). */
  endXbzrle(): void {
    this.#byCache = false;
  }

  /** What is sent goes by another connection from now on. */
  goOn(writer: StreamWriter): void {
    this.#writer = writer;
    this.#records = new RamRecordWriter(writer);
  }

  /**
   * Has those pages of a block sent that the destination has not, by its bitmap. Throws
   * `MigrationError` for one of a wrong length (QEMU migration/ram.c: ram_dirty_bitmap_reload).
   */
  reload(block: string, received: Uint8Array): void {
    const { dirty } = this.#blocks.find((source) => source.block.name === block)!;
    if (received.length !== dirty.byteLength) {
      const lengths = `${received.length} bytes, not ${dirty.byteLength}`;
      throw new MigrationError(`the destination's bitmap of "${block}" has ${lengths}`);
    }
    dirty.setAllBut(received);
  }

  /** Writes a page's record elsewhere than in the stream, if it is still to be sent. */
  writeRequested(block: string, page: number, records: RamRecordWriter): boolean {
    const source = this.#blocks.find((known) => known.block.name === block);
    if (!source?.dirty.has(page)) return false;
    this.#writePage(source, page, records);
    return true;
  }

  /** Every page that is still to be sent, in ranges, block by block: what postcopy discards. */
  dirtyRanges(): { readonly block: string; readonly ranges: readonly RamRange[] }[] {
    return this.#blocks.map(({ block, dirty }) => ({
      block: block.name,
      ranges: dirty.ranges().map(({ start, length }) => ({
        start: start * PAGE_SIZE,
        length: length * PAGE_SIZE,
      })),
    }));
  }

  /** What goes by channels of its own so far is to be there before what comes after. */
  #syncChannels(): void {
    const { multifd } = this.#options;
    if (!multifd) return;
    multifd.sync();
    this.#records.flush();
  }

  /** Begins a section's data: what was sent of a round before is to be there first. */
  beginSection(): void {
    if (this.#unsynced) this.#syncChannels();
    this.#unsynced = false;
  }

  /** Moves what the guest has written since the last time into what is to be sent. */
  sync(): void {
    trace_migration_bitmap_sync_start();
    this.#syncs += 1;
    for (const { block, dirty, unclear } of this.#blocks) {
      this.#periodPages += dirty.takeFrom(block.log);
      markUnclear(block, unclear);
    }
    this.#unsynced = true;
    trace_migration_bitmap_sync_end(this.#periodPages);
    const now = performance.now();
    if (now > this.#periodBegin + PERIOD) this.#endPeriod(now);
  }

  #endPeriod(now: number): void {
    const bytes = this.#stats.transferred();
    const seconds = (now - this.#periodBegin) / 1000;
    this.#dirtyRate = Math.round(this.#periodPages / seconds);
    this.#options.autoConverge?.period(this.#periodPages * PAGE_SIZE, bytes - this.#periodBytes);
    this.#periodBegin = now;
    this.#periodPages = 0;
    this.#periodBytes = bytes;
  }

  /** Writes the record of the next dirty page; false if there is none. */
  writeNextPage(lastStage = false): boolean {
    if (this.#writeQueued()) return true;
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

  /**
   * Writes the end of a section's data; behind the last one of memory, all channels are in step, and
   * a file tells which pages it holds.
   */
  endOfSection(last = false): void {
    if (last) {
      this.#syncChannels();
      this.#options.mappedRam?.writeBitmaps();
    }
    this.#records.endOfSection();
  }

  #writeQueued(): boolean {
    const blockOf = (name: string) => this.#blocks.find(({ block }) => block.name === name);
    const queued = this.queue.next(({ block, page }) => blockOf(block)?.dirty.has(page) ?? false);
    if (!queued) return false;
    this.#writePage(blockOf(queued.block)!, queued.page);
    return true;
  }

  #writePage({ block, dirty }: SourceBlock, page: number, records = this.#records): void {
    const { zeroPages, xbzrle } = this.#options;
    const elsewhere = this.#elsewhere;
    dirty.remove(page);
    const address = page * PAGE_SIZE;
    const isZero = zeroPages && block.isZero(page);
    if (isZero) this.#zero += 1;
    if (elsewhere) {
      if (!isZero) this.#normal += 1;
      elsewhere.page(block, page, isZero);
    } else if (isZero) {
      xbzrle?.zero(block.name, page);
      records.zero(block.name, address);
    } else if (xbzrle && this.#byCache && this.#syncs > FIRST_SYNCS) {
      this.#writeByCache(xbzrle, block, page);
    } else {
      this.#normal += 1;
      records.page(block.name, address, block.page(page));
    }
  }

  #writeByCache(cache: XbzrleCache, block: RamBlock, page: number): void {
    const how = cache.encode(block.name, page, block.page(page));
    if (how === "unchanged") return;
    if (how === "whole") {
      this.#normal += 1;
      this.#records.page(block.name, page * PAGE_SIZE, block.page(page));
    } else {
      this.#xbzrle += 1;
      this.#records.xbzrle(block.name, page * PAGE_SIZE, how);
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
