import {
  trace_migration_bitmap_sync_end,
  trace_migration_bitmap_sync_start,
} from "../../../generated/migration.js";
import { RamRecordWriter } from "../wire/ram-record-writer.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import type { AutoConverge } from "./auto-converge.js";
import { type GuestRam, PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import type { MappedRamSource } from "./mapped-ram-source.js";
import type { MultifdSource } from "./multifd-source.js";
import { PageQueue, type QueuedPage } from "./page-queue.js";
import { clearLog, type SourceBlock, SourceBlocks } from "./source-blocks.js";
import type { TransferStats } from "./transfer-stats.js";
import type { XbzrleCache } from "./xbzrle-cache.js";

/** Milliseconds after which the count of dirtied pages begins anew. */
const PERIOD = 1000;

/** Syncs up to the first round, whose pages nobody has sent before. */
const FIRST_SYNCS = 1;

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
  /** What is to be sent. */
  readonly blocks: SourceBlocks;
  #records: RamRecordWriter;
  #writer: StreamWriter;
  readonly #stats: TransferStats;
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
    this.blocks = new SourceBlocks(ram);
    this.#writer = writer;
    this.#records = new RamRecordWriter(writer);
    this.#stats = stats;
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
    this.blocks.addAll();
    this.sync();
    await this.#writeBlockList();
    this.#syncChannels();
  }

  async #writeBlockList(): Promise<void> {
    const list = this.blocks.all.map(({ block }) => ({ name: block.name, usedLength: block.size }));
    const { mappedRam } = this.#options;
    if (mappedRam) await mappedRam.writeBlockList(list);
    else this.#writer.ramBlockList(list);
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

  /** Writes a page's record elsewhere than in the stream, if it is still to be sent. */
  writeRequested(block: string, page: number, records: RamRecordWriter): boolean {
    const source = this.blocks.find(block);
    if (!source?.dirty.has(page)) return false;
    this.#writePage(source, page, records);
    return true;
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
    this.#periodPages += this.blocks.sync();
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
    const next = this.blocks.next();
    if (!next) return false;
    if (!lastStage) clearLog(next);
    this.#writePage(next.source, next.page);
    return true;
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
    const isDirty = ({ block, page }: QueuedPage) =>
      this.blocks.find(block)?.dirty.has(page) ?? false;
    const queued = this.queue.next(isDirty);
    if (!queued) return false;
    this.#writePage(this.blocks.find(queued.block)!, queued.page);
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
