import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { more, need, type Steps, skip } from "../../bytes/steps.js";
import { RAM_FLAG_MASK, RAM_VERSION, RamFlag } from "./constants.js";
import { readCountedString } from "./counted-string.js";
import { deducePageSize } from "./deduce-page-size.js";
import { readMappedRam } from "./mapped-ram.js";
import { isIgnored, readMappedRamHeader } from "./mapped-ram-header.js";
import { type RamFeatures, readRamBlock } from "./ram-block-list.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo, RamCounts, SectionContent, SectionHead } from "./stream-item.js";

/** The only encoding that an XBZRLE record may name (QEMU migration/ram.c: ENCODING_FLAG_XBZRLE). */
const XBZRLE_ENCODING = 1;

/** Machines have dozens; a list of empty ones would be as long as the stream. */
const MAX_BLOCKS = 4096;

/** The bitmap of a block that is not in the file. */
const NO_PAGES = new Uint8Array(0);

type Counts = { -readonly [kind in keyof Required<RamCounts>]: number };

/**
 * Reads the data of `ram` sections, record by record (QEMU migration/ram.c: ram_load_precopy).
 *
 * One for a stream: the block list comes with START, and the block that CONTINUE means is
 * remembered from one section to the next.
 */
export class RamSectionReader {
  readonly #features: RamFeatures;
  readonly #sink: RamSink;
  readonly #blocks: Map<string, RamBlockInfo>;
  #block: RamBlockInfo | undefined;

  /**
   * `features` is looked at as records come; the size of a page is noted there once they tell it.
   * `blocks` are those known before any list.
   */
  constructor(features: RamFeatures, sink: RamSink = {}, blocks: readonly RamBlockInfo[] = []) {
    this.#features = features;
    this.#sink = sink;
    this.#blocks = new Map(blocks.map((block) => [block.name, block]));
  }

  /** Takes pages of a block that is in no list. */
  know(block: RamBlockInfo): void {
    if (!this.#blocks.has(block.name)) this.#blocks.set(block.name, block);
  }

  /** Reads a section's data up to and with EOS; with `mayEnd`, the input may end behind any record. */
  *read(window: ByteWindow, section: SectionHead, mayEnd = false): Steps<never, SectionContent> {
    if (section.version !== RAM_VERSION) {
      throw new DecodeError(`ram of version ${section.version}`, section.dataOffset - 4);
    }
    const counts = newCounts();
    let blocks: readonly RamBlockInfo[] | undefined;
    for (;;) {
      this.#takeRun(window, counts);
      if (window.available < 8) {
        if (mayEnd && !(yield* more(window))) return contentOf(counts, blocks);
        yield* need(window, 8);
      }
      const high = window.u32();
      const low = window.u32();
      const flags = low & this.#flagMask();
      const address = high * 0x1_0000_0000 + (low - flags);
      switch (flags & ~RamFlag.continue) {
        case RamFlag.zero:
          counts.zero += 1;
          yield* this.#readZero(window, flags, address);
          break;
        case RamFlag.page:
          counts.page += 1;
          yield* this.#readPage(window, flags, address);
          break;
        case RamFlag.eos:
          return contentOf(counts, blocks);
        case RamFlag.memSize:
          blocks = yield* this.#readBlockList(window, address, counts);
          break;
        default:
          yield* this.#readRare(window, flags, address, counts);
      }
    }
  }

  /**
   * Takes the ordinary records: pages and zero pages of the same block, as far as they are whole in
   * the window. Nearly all of a stream passes here, so nothing is allocated and nothing waited for.
   */
  #takeRun(window: ByteWindow, counts: Counts): void {
    const block = this.#block;
    if (!block || !this.#features.pageSizeKnown) return;
    const { pageSize } = this.#features;
    const pageRecord = 8 + pageSize;
    const flagMask = this.#flagMask();
    const withinPage = (pageSize - 1) & ~flagMask;
    while (window.available >= 9) {
      const low = window.peekU32(4);
      const flags = low & flagMask;
      const isPage = flags === (RamFlag.page | RamFlag.continue);
      if (!isPage && flags !== (RamFlag.zero | RamFlag.continue)) return;
      const address = window.peekU32() * 0x1_0000_0000 + (low - flags);
      if (
        low & withinPage ||
        address >= block.usedLength ||
        (isPage && window.available < pageRecord)
      )
        return;
      window.skip(8);
      if (isPage) {
        counts.page += 1;
        this.#takePage(window, block, address);
      } else {
        counts.zero += 1;
        const fill = window.u8();
        this.#sink.zero?.(block, address, fill);
      }
    }
  }

  /** AVR has pages of 256 bytes, and no flags beyond. */
  #flagMask(): number {
    return Math.min(RAM_FLAG_MASK, this.#features.pageSize - 1);
  }

  #takePage(window: ByteWindow, block: RamBlockInfo, address: number): void {
    const size = this.#features.pageSize;
    if (this.#sink.page) this.#sink.page(block, address, window.bytes(size));
    else {
      this.#sink.pageAt?.(block, address);
      window.skip(size);
    }
  }

  *#readZero(window: ByteWindow, flags: number, address: number): Steps<never> {
    const block = yield* this.#blockOf(window, flags, address);
    yield* this.#learnPageSize(window, address, true);
    yield* need(window, 1);
    const fill = window.u8();
    this.#sink.zero?.(block, address, fill);
  }

  *#readPage(window: ByteWindow, flags: number, address: number): Steps<never> {
    const block = yield* this.#blockOf(window, flags, address);
    yield* this.#learnPageSize(window, address, false);
    if (!this.#sink.page) {
      this.#sink.pageAt?.(block, address);
      return yield* skip(window, this.#features.pageSize);
    }
    yield* need(window, this.#features.pageSize);
    this.#takePage(window, block, address);
  }

  /** Where neither configuration nor description say it, as of old Arm machines. */
  *#learnPageSize(window: ByteWindow, address: number, isZero: boolean): Steps<never> {
    if (this.#features.pageSizeKnown) return;
    const size = yield* deducePageSize(window, address, isZero);
    if (size === undefined) return;
    this.#features.pageSizeKnown = true;
    if (size === this.#features.pageSize) return;
    this.#features.pageSize = size;
    this.#sink.pageSize?.(size);
  }

  *#readRare(window: ByteWindow, flags: number, address: number, counts: Counts): Steps<never> {
    switch (flags & ~RamFlag.continue) {
      case RamFlag.xbzrle:
        counts.xbzrle += 1;
        return yield* this.#readXbzrle(window, flags, address);
      case RamFlag.compressPage:
        counts.compressed += 1;
        return yield* this.#readCompressed(window, flags, address);
      case RamFlag.multifdFlush:
        counts.flush += 1;
        return this.#sink.flush?.();
      case RamFlag.hook:
        counts.hook += 1;
        return this.#sink.hook?.();
      default:
        throw new DecodeError(`RAM record with flags 0x${flags.toString(16)}`, window.offset - 8);
    }
  }

  *#readXbzrle(window: ByteWindow, flags: number, address: number): Steps<never> {
    const block = yield* this.#blockOf(window, flags, address);
    yield* need(window, 3);
    const encoding = window.u8();
    const length = window.u16();
    if (encoding !== XBZRLE_ENCODING || length > this.#features.pageSize) {
      throw new DecodeError(`XBZRLE encoding ${encoding}, ${length} bytes`, window.offset - 3);
    }
    yield* need(window, length);
    const encoded = window.bytes(length);
    this.#sink.xbzrle?.(block, address, encoded);
  }

  *#readCompressed(window: ByteWindow, flags: number, address: number): Steps<never> {
    const block = yield* this.#blockOf(window, flags, address);
    yield* need(window, 4);
    const length = window.u32();
    if (length > 2 * this.#features.pageSize) {
      throw new DecodeError(`compressed page of ${length} bytes`, window.offset - 4);
    }
    yield* need(window, length);
    const deflated = window.bytes(length);
    this.#sink.compressed?.(block, address, deflated);
  }

  /** The block of a page's record, which is named unless CONTINUE stands for the one before. */
  *#blockOf(window: ByteWindow, flags: number, address: number): Steps<never, RamBlockInfo> {
    const offset = window.offset - 8;
    if (!(flags & RamFlag.continue)) {
      const name = yield* readCountedString(window);
      this.#block = this.#blocks.get(name);
      if (!this.#block) throw new DecodeError(`page of unknown RAM block "${name}"`, offset);
      this.#sink.named?.(this.#block);
    }
    const block = this.#block;
    if (!block) throw new DecodeError("CONTINUE without a RAM block before", offset);
    const place = `address 0x${address.toString(16)}`;
    if (address >= block.usedLength) throw new DecodeError(`${place} beyond ${block.name}`, offset);
    if (this.#features.pageSizeKnown && address % this.#features.pageSize !== 0) {
      throw new DecodeError(`${place} within a page`, offset);
    }
    return block;
  }

  *#readBlockList(window: ByteWindow, total: number, counts: Counts): Steps<never, RamBlockInfo[]> {
    const blocks: RamBlockInfo[] = [];
    this.#sink.blockList?.(total);
    for (let left = total; left > 0; left -= blocks.at(-1)!.usedLength) {
      const listed = yield* readRamBlock(window, left, this.#features);
      if (blocks.length === MAX_BLOCKS) throw new DecodeError("too many RAM blocks", window.offset);
      const header = this.#features.mappedRam ? yield* readMappedRamHeader(window) : undefined;
      const ignored = header !== undefined && isIgnored(header);
      const block = ignored ? { ...listed, ignored } : listed;
      blocks.push(block);
      this.#blocks.set(block.name, block);
      this.#sink.block?.(block, this.#features.pageSize);
      if (ignored) this.#sink.mapped?.(block, header, NO_PAGES);
      else if (header) counts.mapped += yield* readMappedRam(window, block, header, this.#sink);
    }
    return blocks;
  }
}

function contentOf(counts: Counts, blocks: readonly RamBlockInfo[] | undefined): SectionContent {
  return { end: "self", ram: seen(counts), ...(blocks && { blocks }) };
}

function newCounts(): Counts {
  return { page: 0, zero: 0, xbzrle: 0, compressed: 0, hook: 0, flush: 0, mapped: 0 };
}

function seen(counts: Counts): RamCounts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
