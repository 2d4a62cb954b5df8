import { unzlibSync } from "fflate";
import { DecodeError } from "../../bytes/decode-error.js";
import { DEFAULT_PAGE_SIZE } from "./constants.js";
import { PageCounts } from "./page-counts.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";
import { applyXbzrle } from "./xbzrle.js";

/** The memory of one block, all zeros at first: a file with holes, an array. */
export interface RamImage {
  /** Writes at `address` bytes into the block. The bytes are a view, good during the call only. */
  write(address: number, bytes: Uint8Array): void;
  /** The bytes as they are now. */
  read(address: number, length: number): Uint8Array;
}

/** A block of the list; its image is opened at its first page. */
interface ImagedBlock {
  readonly info: RamBlockInfo;
  image: RamImage | undefined;
  readonly written: PageCounts;
}

/** Rebuilds the guest's memory from RAM records: what was sent last of each page. */
export class RamImageBuilder implements RamSink {
  readonly #open: (block: RamBlockInfo) => RamImage;
  #pageSize = DEFAULT_PAGE_SIZE;
  /** For changing a page as it was before. */
  #page = new Uint8Array(DEFAULT_PAGE_SIZE);
  readonly #blocks = new Map<string, ImagedBlock>();

  /** `open` is called for each block at its first page. */
  constructor(open: (block: RamBlockInfo) => RamImage) {
    this.#open = open;
  }

  block(block: RamBlockInfo, pageSize: number): void {
    this.pageSize(pageSize);
    if (this.#blocks.has(block.name)) return;
    this.#blocks.set(block.name, { info: block, image: undefined, written: new PageCounts() });
  }

  /**
   * Listed blocks of which no page was sent, not even as zeros: with x-ignore-shared both ends share
   * their memory, which is unknown here.
   */
  get absent(): readonly RamBlockInfo[] {
    return [...this.#blocks.values()].filter(({ image }) => !image).map(({ info }) => info);
  }

  /** Under mapped-ram, pages that are not in the file are zeros, unless the block is ignored. */
  mapped(block: RamBlockInfo): void {
    if (!block.ignored) this.#of(block);
  }

  pageSize(bytes: number): void {
    this.#pageSize = bytes;
    if (this.#page.length !== bytes) this.#page = new Uint8Array(bytes);
  }

  page(block: RamBlockInfo, address: number, bytes: Uint8Array): void {
    if (isFilled(bytes, 0)) this.zero(block, address, 0);
    else this.#write(block, address, bytes);
  }

  zero(block: RamBlockInfo, address: number, fill: number): void {
    if (fill !== 0) this.#write(block, address, new Uint8Array(this.#pageSize).fill(fill));
    else {
      const { image, written } = this.#of(block);
      if (written.get(address / this.#pageSize) === 0) return;
      image.write(address, new Uint8Array(this.#sizeAt(block, address)));
    }
  }

  xbzrle(block: RamBlockInfo, address: number, encoded: Uint8Array): void {
    const page = this.#page;
    page.set(this.#of(block).image.read(address, this.#pageSize));
    try {
      applyXbzrle(page, encoded);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw error.within(`XBZRLE of page 0x${address.toString(16)} of ${block.name}`);
    }
    this.#write(block, address, page);
  }

  compressed(block: RamBlockInfo, address: number, deflated: Uint8Array): void {
    this.#write(block, address, this.#inflated(block, address, deflated));
  }

  #inflated(block: RamBlockInfo, address: number, deflated: Uint8Array): Uint8Array {
    let why: string;
    try {
      // A buffer that is given is not grown but filled: one byte more than a page tells too many.
      const page = unzlibSync(deflated, { out: new Uint8Array(this.#pageSize + 1) });
      if (page.length === this.#pageSize) return page;
      why = `${page.length} bytes`;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    throw new DecodeError(`compressed page: ${why}`, 0, [
      `page 0x${address.toString(16)} of ${block.name}`,
    ]);
  }

  #write(block: RamBlockInfo, address: number, bytes: Uint8Array): void {
    const { image, written } = this.#of(block);
    written.increment(address / this.#pageSize);
    image.write(address, bytes.subarray(0, this.#sizeAt(block, address)));
  }

  /** The last page of a block may reach over its used length. */
  #sizeAt(block: RamBlockInfo, address: number): number {
    return Math.min(this.#pageSize, block.usedLength - address);
  }

  #of({ name }: RamBlockInfo): { readonly image: RamImage; readonly written: PageCounts } {
    const found = this.#blocks.get(name);
    if (!found) throw new RangeError(`no block "${name}" was listed`);
    found.image ??= this.#open(found.info);
    return { image: found.image, written: found.written };
  }
}

/** Whether all bytes are `fill`. */
export function isFilled(bytes: Uint8Array, fill: number): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== fill) return false;
  return true;
}
