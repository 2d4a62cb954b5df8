import { deflateSync } from "fflate";
import { DEFAULT_PAGE_SIZE } from "./constants.js";
import { PageCounts } from "./page-counts.js";
import { RoundCounter } from "./ram-rounds.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";

/** The kinds in which a page is sent. */
export const PAGE_KINDS = ["page", "zero", "xbzrle", "compressed"] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** How many pages of each kind, and their bytes in the stream without the records' heads. */
export type KindCounts = Readonly<Record<PageKind, number>> & { readonly bytes: number };

/** A stretch of a block, and how often its pages were sent. */
export interface RamRegion {
  readonly block: string;
  /** Offset in the block, in bytes. */
  readonly start: number;
  readonly length: number;
  /** Pages sent, each time counted. */
  readonly sends: number;
  /** Pages sent, by round. */
  readonly rounds: readonly number[];
}

/** What a stream tells of the guest's memory. */
export interface RamStats {
  readonly pageSize: number;
  readonly blocks: readonly Pick<RamBlockInfo, "name" | "usedLength" | "ignored">[];
  readonly total: KindCounts;
  readonly rounds: readonly KindCounts[];
  /** How many pages were sent once, twice, …: `[times, pages]`, rising. */
  readonly sent: readonly (readonly [times: number, pages: number])[];
  /** Share of zero pages among those sent, 0 to 1. */
  readonly zeroShare: number;
  /** What deflate leaves of ordinary pages, 0 to 1, by a sample; `undefined` without any. */
  readonly compressedShare: number | undefined;
  /** Memory cut into stretches of one length, those first whose pages were sent most often. */
  readonly regions: readonly RamRegion[];
}

/** Stretches that memory is cut into. */
const REGIONS = 256;

/** One in so many ordinary pages is deflated, to tell how compressible they are; and so many at most. */
const SAMPLE = 64;
const MAX_SAMPLES = 1024;

/** A block as it is counted: its number in the list, sends by page, sends by round and region. */
interface CountedBlock {
  readonly index: number;
  readonly info: RamBlockInfo;
  readonly sends: PageCounts;
  readonly regions: PageCounts[];
}

type Counts = Record<PageKind | "bytes", number>;

/** Counts what RAM records send. */
export class RamStatsCounter implements RamSink {
  #pageSize = DEFAULT_PAGE_SIZE;
  readonly #blocks = new Map<string, CountedBlock>();
  readonly #rounds: Counts[] = [];
  readonly #round = new RoundCounter();
  #pages = 0;
  readonly #sample = { pages: 0, bytes: 0, deflated: 0 };
  #regionPages = 1;

  block(info: RamBlockInfo, pageSize: number): void {
    const index = this.#blocks.size;
    this.#blocks.set(info.name, { index, info, sends: new PageCounts(), regions: [] });
    this.pageSize(pageSize);
  }

  /** All blocks come before any page. */
  pageSize(bytes: number): void {
    this.#pageSize = bytes;
    const total = [...this.#blocks.values()].reduce((sum, block) => sum + block.info.usedLength, 0);
    this.#regionPages = Math.max(1, Math.ceil(total / this.#pageSize / REGIONS));
  }

  page(block: RamBlockInfo, address: number, bytes: Uint8Array): void {
    this.#count("page", block, address, bytes.length);
    if (this.#pages++ % SAMPLE === 0 && this.#sample.pages < MAX_SAMPLES) {
      this.#sample.pages += 1;
      this.#sample.bytes += bytes.length;
      this.#sample.deflated += Math.min(bytes.length, deflateSync(bytes, { level: 1 }).length);
    }
  }

  zero(block: RamBlockInfo, address: number): void {
    this.#count("zero", block, address, 1);
  }

  xbzrle(block: RamBlockInfo, address: number, encoded: Uint8Array): void {
    this.#count("xbzrle", block, address, encoded.length);
  }

  compressed(block: RamBlockInfo, address: number, deflated: Uint8Array): void {
    this.#count("compressed", block, address, deflated.length);
  }

  flush(): void {
    this.#round.flush();
  }

  /** POSTCOPY_RUN was sent: pages come as they are asked for. */
  postcopy(): void {
    this.#round.stop();
  }

  /** What was counted so far. */
  stats(): RamStats {
    const total = this.#rounds.reduce(sum, newCounts());
    const sent = total.page + total.zero + total.xbzrle + total.compressed;
    return {
      pageSize: this.#pageSize,
      blocks: Array.from(this.#blocks.values(), ({ info: { name, usedLength, ignored } }) => {
        return { name, usedLength, ...(ignored && { ignored }) };
      }),
      total,
      rounds: this.#rounds,
      sent: this.#sentTimes(),
      zeroShare: sent === 0 ? 0 : total.zero / sent,
      compressedShare:
        this.#sample.pages === 0 ? undefined : this.#sample.deflated / this.#sample.bytes,
      regions: this.#regions(),
    };
  }

  #count(kind: PageKind, { name }: RamBlockInfo, address: number, bytes: number): void {
    const block = this.#blocks.get(name);
    if (!block) return;
    const round = this.#round.of(block.index, address);
    while (this.#rounds.length <= round) this.#rounds.push(newCounts());
    const counts = this.#rounds[round]!;
    counts[kind] += 1;
    counts.bytes += bytes;
    const page = Math.floor(address / this.#pageSize);
    block.sends.increment(page);
    while (block.regions.length <= round) block.regions.push(new PageCounts());
    block.regions[round]!.increment(Math.floor(page / this.#regionPages));
  }

  #sentTimes(): [number, number][] {
    const pages = new Map<number, number>();
    for (const { sends } of this.#blocks.values()) {
      for (const [, times] of sends.entries()) pages.set(times, (pages.get(times) ?? 0) + 1);
    }
    return [...pages].sort(([a], [b]) => a - b);
  }

  #regions(): RamRegion[] {
    const length = this.#regionPages * this.#pageSize;
    const regions = Array.from(this.#blocks.values()).flatMap(({ info, regions: counted }) => {
      const touched = new Set(counted.flatMap((counts) => Array.from(counts.entries(), first)));
      return Array.from(touched, (index): RamRegion => {
        const rounds = this.#rounds.map((_, round) => counted[round]?.get(index) ?? 0);
        const start = index * length;
        const sends = rounds.reduce((all, count) => all + count, 0);
        const end = Math.min(start + length, info.usedLength);
        return { block: info.name, start, length: end - start, sends, rounds };
      });
    });
    return regions.sort((a, b) => b.sends / b.length - a.sends / a.length || b.sends - a.sends);
  }
}

function first([value]: readonly [number, number]): number {
  return value;
}

function newCounts(): Counts {
  return { page: 0, zero: 0, xbzrle: 0, compressed: 0, bytes: 0 };
}

function sum(a: Counts, b: Counts): Counts {
  return {
    page: a.page + b.page,
    zero: a.zero + b.zero,
    xbzrle: a.xbzrle + b.xbzrle,
    compressed: a.compressed + b.compressed,
    bytes: a.bytes + b.bytes,
  };
}
