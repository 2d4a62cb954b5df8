/** A set of pages, as bits. */
export class DirtyBitmap {
  readonly pages: number;
  readonly #words: Uint32Array;
  #count = 0;

  constructor(pages: number) {
    this.pages = pages;
    this.#words = new Uint32Array(Math.ceil(pages / 32));
  }

  /** How many pages are in the set. */
  get count(): number {
    return this.#count;
  }

  /** Adds a page; true if it was not there. */
  add(page: number): boolean {
    const bit = 1 << (page & 31);
    const word = this.#words[page >>> 5]!;
    if (word & bit) return false;
    this.#words[page >>> 5] = word | bit;
    this.#count += 1;
    return true;
  }

  addAll(): void {
    const whole = Math.floor(this.pages / 32);
    this.#words.fill(0xffff_ffff, 0, whole);
    if (whole < this.#words.length) this.#words[whole] = 2 ** (this.pages % 32) - 1;
    this.#count = this.pages;
  }

  clear(): void {
    this.#words.fill(0);
    this.#count = 0;
  }

  /** Whether a page is in the set. */
  has(page: number): boolean {
    return page < this.pages && (this.#words[page >>> 5]! & (1 << (page & 31))) !== 0;
  }

  /** Takes a page out. */
  remove(page: number): void {
    const bit = 1 << (page & 31);
    const word = this.#words[page >>> 5]!;
    if (!(word & bit)) return;
    this.#words[page >>> 5] = word & ~bit;
    this.#count -= 1;
  }

  /** Takes all pages of another set over, which is empty then; gives how many were new here. */
  takeFrom(other: DirtyBitmap): number {
    let added = 0;
    for (let page = other.next(0); page >= 0; page = other.next(page + 1)) {
      if (this.add(page)) added += 1;
      other.remove(page);
    }
    return added;
  }

  /** The first page of the set from `from` on; -1 if there is none. */
  next(from: number): number {
    if (this.#count === 0 || from >= this.pages) return -1;
    let index = from >>> 5;
    let word = this.#words[index]! & (-1 << (from & 31));
    while (word === 0) {
      index += 1;
      if (index >= this.#words.length) return -1;
      word = this.#words[index]!;
    }
    return index * 32 + 31 - Math.clz32(word & -word);
  }

  /** Bytes of the bits as an array. */
  get byteLength(): number {
    return 8 * Math.ceil(this.pages / 64);
  }

  /** Has all pages in the set but those of another one's array. */
  setAllBut(bytes: Uint8Array): void {
    this.addAll();
    for (const [at, byte] of bytes.entries()) {
      for (let bits = byte; bits !== 0; bits &= bits - 1) {
        const page = 8 * at + 31 - Math.clz32(bits & -bits);
        if (page < this.pages) this.remove(page);
      }
    }
  }

  /** The bits as an array of a little-endian host's 64-bit words. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.byteLength);
    const view = new DataView(bytes.buffer);
    for (const [index, word] of this.#words.entries()) view.setUint32(4 * index, word, true);
    return bytes;
  }

  /** The pages of the set as runs, in order. */
  ranges(): { readonly start: number; readonly length: number }[] {
    const ranges: { start: number; length: number }[] = [];
    for (let start = this.next(0); start >= 0; ) {
      let end = start + 1;
      while (this.has(end)) end += 1;
      ranges.push({ start, length: end - start });
      start = this.next(end);
    }
    return ranges;
  }
}
