import {
  trace_postcopy_place_page,
  trace_postcopy_place_page_zero,
} from "../../../generated/migration.js";
import type { RamSink } from "../wire/ram-sink.js";
import type { RamBlockInfo } from "../wire/stream-item.js";
import { abortable, type Patience } from "./abortable.js";
import { MissingPages } from "./missing-pages.js";
import { PageRounds } from "./page-rounds.js";

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
  readonly missing = new MissingPages((block, address) => this.#arrived(block, address));
  readonly #guest: RamSink;
  readonly #listed: Promise<void>;
  #listedNow: () => void = () => {};
  #rounds: PageRounds | undefined;
  #postcopy = false;
  #pageSize = 4096;
  #flushes = 0;
  #sections = 0;
  #onArrival: ((block: string, address: number) => void) | undefined;
  #afterArrival: (() => Promise<void>) | undefined;
  readonly xbzrle?: NonNullable<RamSink["xbzrle"]>;
  readonly compressed?: NonNullable<RamSink["compressed"]>;
  readonly mapped?: NonNullable<RamSink["mapped"]>;
  readonly blockList?: NonNullable<RamSink["blockList"]>;

  constructor(guest: RamSink) {
    this.#guest = guest;
    if (guest.xbzrle) this.xbzrle = guest.xbzrle.bind(guest);
    if (guest.compressed) this.compressed = guest.compressed.bind(guest);
    if (guest.mapped) this.mapped = guest.mapped.bind(guest);
    if (guest.blockList) this.blockList = guest.blockList.bind(guest);
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

  get usesMultifd(): boolean {
    return this.#rounds !== undefined;
  }

  set usesMultifd(_: true) {
    this.#rounds ??= new PageRounds();
  }

  /** From here on it is known which pages are missing, and told which arrive. */
  advisePostcopy(): void {
    this.#postcopy = true;
  }

  /** `arrived` is told of each page as it comes, `after` called when those of a chunk have come. */
  watch(arrived: (block: string, address: number) => void, after: () => Promise<void>): void {
    this.#onArrival = arrived;
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
    this.#sections += 1;
    this.#listedNow();
  }

  block(info: RamBlockInfo, pageSize: number): void {
    this.#pageSize = pageSize;
    this.blocks.set(info.name, info);
    if (this.#postcopy) this.missing.block(info, pageSize);
    this.#guest.block?.(info, pageSize);
  }

  pageSize(bytes: number): void {
    this.#pageSize = bytes;
    this.missing.pageSize(bytes);
    this.#guest.pageSize?.(bytes);
  }

  page(info: RamBlockInfo, address: number, bytes: Uint8Array): void {
    this.#page(this, info, address, bytes);
  }

  zero(info: RamBlockInfo, address: number, fill: number): void {
    this.#zero(this, info, address, fill);
  }

  flush(): void {
    this.#flushes += 1;
    this.#guest.flush?.();
  }

  /** The sink of another channel. */
  sinkOf(origin: PageOrigin): RamSink {
    return {
      page: (info, address, bytes) => this.#page(origin, info, address, bytes),
      zero: (info, address, fill) => this.#zero(origin, info, address, fill),
    };
  }

  #page(origin: PageOrigin, info: RamBlockInfo, address: number, bytes: Uint8Array): void {
    if (this.#rounds && !this.#rounds.admit(info, address / this.#pageSize, origin.syncs)) return;
    this.#guest.page?.(info, address, bytes);
    if (!this.#postcopy) return;
    if (this.#onArrival) trace_postcopy_place_page(address);
    this.missing.page(info, address);
  }

  #zero(origin: PageOrigin, info: RamBlockInfo, address: number, fill: number): void {
    if (this.#rounds && !this.#rounds.admit(info, address / this.#pageSize, origin.syncs)) return;
    this.#guest.zero?.(info, address, fill);
    if (!this.#postcopy) return;
    if (this.#onArrival) trace_postcopy_place_page_zero(address);
    this.missing.zero(info, address);
  }

  #arrived(block: string, address: number): void {
    this.#onArrival?.(block, address);
  }
}
