import { trace_multifd_recv_sync_main } from "../../../generated/migration.js";
import type { RamSink } from "../wire/ram-sink.js";
import type { RamBlockInfo } from "../wire/stream-item.js";
import { abortable, type Patience } from "./abortable.js";
import { MigrationError } from "./migration-error.js";
import { PageRounds } from "./page-rounds.js";
import { type OwnBlock, type PageArrival, PostcopyMemory } from "./postcopy-memory.js";
import { PostcopyChannel, PostcopyRecords } from "./postcopy-records.js";

/** Pages that are kept account of: 4 TiB of the usual ones. */
const MAX_PAGES = 2 ** 30;

/** Whose pages they are: sync points that its channel has come to. */
export interface PageOrigin {
  readonly syncs: number;
}

/**
 * All memory that comes to a destination, by whatever channel: brings it to the guest in the order
 * that sync points demand, and knows what is missing for postcopy. The sink of the main channel.
 */
export class IncomingPages implements RamSink, PageOrigin {
  /** The main channel's list. */
  readonly blocks = new Map<string, RamBlockInfo>();
  /** Bytes of all blocks. */
  #memory = 0;
  /** Bytes that all blocks may have. */
  #maxMemory: number;
  readonly #guest: RamSink;
  readonly #listed: Promise<void>;
  #listedNow: () => void = () => {};
  #rounds: PageRounds | undefined;
  #postcopy: PostcopyMemory | undefined;
  /** Traces the main channel's records, once postcopy listens. */
  #records: PostcopyRecords | undefined;
  #pageSize = 4096;
  #flushes = 0;
  /** The highest of multifd's packets so far. */
  #packetNumber = 0n;
  #packets = 0n;
  #sections = 0;
  /** Whether a page with contents has come, in whatever form, and how many of zeros. */
  #hasContents = false;
  #zeros = 0;
  /** Whether pages may have been left out: where both ends have them (x-ignore-shared). */
  #partial = false;
  #afterArrival: (() => Promise<void>) | undefined;
  readonly xbzrle?: NonNullable<RamSink["xbzrle"]>;
  readonly compressed?: NonNullable<RamSink["compressed"]>;
  readonly mapped?: NonNullable<RamSink["mapped"]>;
  readonly blockList: NonNullable<RamSink["blockList"]>;

  /** `maxMemory` bytes are taken at most, and never more than the first list of blocks states. */
  constructor(guest: RamSink, maxMemory = Number.POSITIVE_INFINITY) {
    this.#guest = guest;
    this.#maxMemory = maxMemory;
    if (guest.xbzrle) this.xbzrle = guest.xbzrle.bind(guest);
    if (guest.compressed) this.compressed = this.#counting(guest.compressed.bind(guest));
    if (guest.mapped) this.mapped = this.#counting(guest.mapped.bind(guest));
    this.blockList = (total) => {
      this.#checkSize(total);
      guest.blockList?.(total);
    };
    this.#listed = new Promise((resolve) => {
      this.#listedNow = resolve;
    });
  }

  /** Bytes of a page of the target. */
  get pageBytes(): number {
    return this.#pageSize;
  }

  /** Sync points of the main channel: its FLUSH records, or its sections (machine types before 8.1). */
  get syncs(): number {
    return this.#flushes > 0 ? this.#flushes : this.#sections;
  }

  /** Whether pages come by multifd's channels, as one of these or a FLUSH record tells. */
  get usesMultifd(): boolean {
    return this.#rounds !== undefined || this.#flushes > 0;
  }

  /**
   * Whether pages must have come by multifd's channels, as the main one had nothing but zeros, and not
   * for all of memory. Machine types before 8.1 have no FLUSH records that would tell.
   */
  get lacksContents(): boolean {
    if (this.#hasContents || this.#partial || this.#postcopy) return false;
    return this.#zeros * this.#pageSize < this.#memory;
  }

  /** A channel of multifd is there. */
  expectMultifd(): void {
    this.#rounds ??= new PageRounds();
  }

  /** Which pages are missing. Throws `MigrationError` if postcopy was not advised. */
  get postcopy(): PostcopyMemory {
    if (this.#postcopy) return this.#postcopy;
    throw new MigrationError("postcopy was not advised");
  }

  /** From here on it is known which pages are missing; `own` are the guest's blocks, if they are known. */
  advisePostcopy(own: readonly OwnBlock[]): void {
    this.#postcopy = new PostcopyMemory(own);
  }

  /** `arrived` is told of each page as it comes, `after` called when those of a chunk have come. */
  listen(arrived: PageArrival, after: () => Promise<void>): void {
    this.postcopy.listen(arrived);
    this.#records = new PostcopyRecords(PostcopyChannel.main);
    this.#afterArrival = after;
  }

  /** Pages of a chunk have come. */
  async changed(): Promise<void> {
    await this.#afterArrival?.();
  }

  /** Waits for the main channel's list of blocks. */
  listed(patience: Patience): Promise<void> {
    return abortable(this.#listed, patience);
  }

  /** A section of `ram` has ended; with the first one, the list has come. */
  sectionEnd(): void {
    this.#records?.eos();
    this.#sections += 1;
    if (this.#sections === 1) this.#maxMemory = this.#memory;
    this.#listedNow();
  }

  block(info: RamBlockInfo, pageSize: number): void {
    this.#pageSize = pageSize;
    this.#memory += info.usedLength - (this.blocks.get(info.name)?.usedLength ?? 0);
    this.blocks.set(info.name, info);
    this.#partial ||= info.address !== undefined;
    this.#checkSize();
    this.#postcopy?.block(info, pageSize);
    this.#guest.block?.(info, pageSize);
  }

  pageSize(bytes: number): void {
    this.#pageSize = bytes;
    this.#checkSize();
    this.#postcopy?.missing.pageSize(bytes);
    this.#guest.pageSize?.(bytes);
  }

  named(): void {
    this.#records?.named();
  }

  page(info: RamBlockInfo, address: number, bytes: Uint8Array): void {
    this.#records?.page(address);
    this.#page(this, info, address, bytes);
  }

  zero(info: RamBlockInfo, address: number, fill: number): void {
    this.#records?.zero(address);
    this.#zero(this, info, address, fill);
  }

  flush(): void {
    this.#flushes += 1;
    trace_multifd_recv_sync_main(this.#packetNumber);
    this.#guest.flush?.();
  }

  /**
   * Whether no packet is missing before the last one: all channels of a source number theirs in one
   * row (QEMU migration/multifd.c), and it does not tell how many channels there are.
   */
  get hasAllPackets(): boolean {
    return this.#packets === this.#packetNumber + 1n;
  }

  /** A packet has come, on whatever channel. */
  packet(number: bigint): void {
    this.#packets += 1n;
    if (number > this.#packetNumber) this.#packetNumber = number;
  }

  /** The sink of postcopy's channel for urgent pages. */
  urgentSink(records: PostcopyRecords): RamSink {
    return {
      named: () => records.named(),
      page: (info, address, bytes) => {
        records.page(address);
        this.#page(this, info, address, bytes);
      },
      zero: (info, address, fill) => {
        records.zero(address);
        this.#zero(this, info, address, fill);
      },
    };
  }

  /** The sink of another channel. */
  sinkOf(origin: PageOrigin): RamSink {
    return {
      page: (info, address, bytes) => this.#page(origin, info, address, bytes),
      zero: (info, address, fill) => this.#zero(origin, info, address, fill),
    };
  }

  #page(origin: PageOrigin, info: RamBlockInfo, address: number, bytes: Uint8Array): void {
    this.#hasContents = true;
    if (!this.#isWanted(origin, info, address)) return;
    this.#guest.page?.(info, address, bytes);
    this.#postcopy?.placed(info, address, false);
  }

  #counting<T extends unknown[]>(take: (...page: T) => void): (...page: T) => void {
    return (...page) => {
      this.#hasContents = true;
      take(...page);
    };
  }

  #checkSize(memory = this.#memory): void {
    if (memory > this.#maxMemory) {
      const limit = this.#sections > 0 ? "the source first stated" : "the limit of";
      throw new MigrationError(`memory of ${memory} bytes, more than ${limit} ${this.#maxMemory}`);
    }
    if (memory / this.#pageSize <= MAX_PAGES) return;
    throw new MigrationError(`memory of ${memory} bytes, more than this destination takes`);
  }

  #isWanted(origin: PageOrigin, block: RamBlockInfo, address: number): boolean {
    if (!this.#rounds) return true;
    return this.#rounds.admit({ block, address, pageSize: this.#pageSize }, origin.syncs);
  }

  #zero(origin: PageOrigin, info: RamBlockInfo, address: number, fill: number): void {
    this.#zeros += 1;
    if (!this.#isWanted(origin, info, address)) return;
    this.#guest.zero?.(info, address, fill);
    this.#postcopy?.placed(info, address, true);
  }
}
