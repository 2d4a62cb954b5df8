import { DirtyBitmap } from "./dirty-bitmap.js";

/** Bytes of a page of guest memory. */
export const PAGE_SIZE = 4096;

/** A block of guest memory; writes are logged page by page, as the dirty log of a hypervisor does. */
export class RamBlock {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The pages written since they were last taken from here. */
  readonly log: DirtyBitmap;
  readonly #words: Uint32Array;

  /** Throws `RangeError` unless the size is of whole pages. */
  constructor(name: string, size: number) {
    if (size <= 0 || size % PAGE_SIZE !== 0) {
      throw new RangeError(`${name} of ${size} bytes is not of whole pages`);
    }
    this.name = name;
    this.bytes = new Uint8Array(size);
    this.log = new DirtyBitmap(size / PAGE_SIZE);
    this.#words = new Uint32Array(this.bytes.buffer);
  }

  get size(): number {
    return this.bytes.length;
  }

  get pages(): number {
    return this.log.pages;
  }

  /** The guest writes. */
  write(address: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, address);
    const last = Math.floor((address + bytes.length - 1) / PAGE_SIZE);
    for (let page = Math.floor(address / PAGE_SIZE); page <= last; page += 1) this.log.add(page);
  }

  /** A view of a page. */
  page(index: number): Uint8Array {
    return this.bytes.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
  }

  /** Whether a page holds zeros only. */
  isZero(index: number): boolean {
    const words = this.#words;
    const end = (index + 1) * (PAGE_SIZE / 4);
    for (let at = index * (PAGE_SIZE / 4); at < end; at += 1) if (words[at] !== 0) return false;
    return true;
  }
}

/** All memory of a guest. */
export class GuestRam {
  readonly blocks: readonly RamBlock[];

  constructor(blocks: readonly RamBlock[]) {
    this.blocks = blocks;
  }

  /** Bytes in all blocks. */
  get size(): number {
    return this.blocks.reduce((sum, block) => sum + block.size, 0);
  }

  /** The block of a name. */
  block(name: string): RamBlock | undefined {
    return this.blocks.find((block) => block.name === name);
  }
}
