import {
  trace_postcopy_cleanup_range,
  trace_postcopy_init_range,
  trace_postcopy_nhp_range,
  trace_postcopy_place_page,
  trace_postcopy_place_page_zero,
  trace_ram_discard_range,
} from "../../../generated/migration.js";
import { trace_ram_block_discard_range } from "../../../generated/system.js";
import type { RamBlockInfo, RamRange } from "../wire/stream-item.js";
import { MissingPages } from "./missing-pages.js";

/** A block of a machine's own memory. */
export interface OwnBlock {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Told of a page by its block and its address there. */
export type PageArrival = (block: string, address: number) => void;

type TraceRange = (block: string, host: number, offset: number, length: number) => void;

/**
 * The memory of a guest that may arrive before it, from POSTCOPY_ADVISE on: which pages are missing,
 * traced as QEMU does it (migration/postcopy-ram.c). Where QEMU traces an address of its process, it
 * is here the place in all of memory, its blocks lying behind each other.
 */
export class PostcopyMemory {
  readonly missing = new MissingPages();
  readonly #blocks = new Map<string, { readonly begin: number; readonly length: number }>();
  #end = 0;
  #prepared = false;
  #arrived: PageArrival | undefined;

  /** What the guest's own blocks hold is not wanted, as far as they are known beforehand. */
  constructor(own: readonly OwnBlock[]) {
    for (const { name, size } of own) {
      this.#init(name, size);
      this.#discard(name, { start: 0, length: size });
    }
  }

  /** A block of the source's list. */
  block(info: RamBlockInfo, pageSize: number): void {
    if (!this.#blocks.has(info.name)) this.#init(info.name, info.usedLength);
    this.missing.block(info, pageSize);
  }

  /** Before the first discard, or where none comes, before LISTEN. */
  prepareDiscard(): void {
    if (this.#prepared) return;
    this.#prepared = true;
    this.#traceAll(trace_postcopy_nhp_range);
  }

  /** What was sent of these ranges is out of date. Throws `MigrationError` for a block unknown. */
  discard(name: string, ranges: readonly RamRange[]): void {
    this.missing.discard(name, ranges);
    for (const range of ranges) this.#discard(name, range);
  }

  /** From here on pages that come are those that the guest may be waiting for. */
  listen(arrived: PageArrival): void {
    this.#arrived = arrived;
  }

  /** Where a page is in all of memory. */
  placeOf(block: string, address: number): number {
    return (this.#blocks.get(block)?.begin ?? 0) + address;
  }

  /** A page is there now. */
  placed({ name }: RamBlockInfo, address: number, isZero: boolean): void {
    this.missing.take(name, address);
    if (!this.#arrived) return;
    this.#arrived(name, address);
    const place = this.placeOf(name, address);
    if (isZero) trace_postcopy_place_page_zero(place);
    else trace_postcopy_place_page(place);
  }

  /** Nothing is missing any more. */
  cleanUp(): void {
    this.#traceAll(trace_postcopy_cleanup_range);
  }

  #init(name: string, length: number): void {
    const begin = this.#end;
    this.#end += length;
    this.#blocks.set(name, { begin, length });
    trace_postcopy_init_range(name, begin, begin, length);
  }

  #discard(name: string, { start, length }: RamRange): void {
    trace_ram_discard_range(name, start, length);
    trace_ram_block_discard_range(name, this.placeOf(name, start), length, true, false, 0);
  }

  #traceAll(trace: TraceRange): void {
    for (const [name, { begin, length }] of this.#blocks) trace(name, begin, begin, length);
  }
}
