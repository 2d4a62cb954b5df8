import type { MappedRamHeader } from "../wire/mapped-ram-header.js";
import type { RamSink } from "../wire/ram-sink.js";
import type { RamBlockInfo } from "../wire/stream-item.js";
import { applyXbzrle } from "../wire/xbzrle.js";
import { type GuestRam, PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import { MigrationError } from "./migration-error.js";
import type { PageCounts } from "./ram-source.js";

/** The destination's side of RAM: puts what records hold into the guest's memory. */
export class RamDestination implements RamSink {
  readonly #ram: GuestRam;
  #info: RamBlockInfo | undefined;
  #block: RamBlock | undefined;
  #normal = 0;
  #zero = 0;

  constructor(ram: GuestRam) {
    this.#ram = ram;
  }

  get counts(): PageCounts {
    return { normal: this.#normal, zero: this.#zero };
  }

  /** Throws `MigrationError` for a block that is not here, or not of this size. */
  block({ name, usedLength, ignored }: RamBlockInfo): void {
    const own = this.#ram.block(name);
    if (!own) throw new MigrationError(`the source has RAM block "${name}", this machine has not`);
    if (own.size !== usedLength) {
      throw new MigrationError(`RAM block "${name}" of ${usedLength} bytes, here of ${own.size}`);
    }
    if (ignored) {
      throw new MigrationError(
        `the source shares RAM block "${name}" with its destination (x-ignore-shared), this machine does not`,
      );
    }
  }

  page(info: RamBlockInfo, address: number, bytes: Uint8Array): void {
    this.#normal += 1;
    this.#own(info).bytes.set(bytes, address);
  }

  zero(info: RamBlockInfo, address: number, fill: number): void {
    this.#zero += 1;
    const block = this.#own(info);
    block.bytes.fill(fill, address, address + PAGE_SIZE);
  }

  /** Under mapped-ram, pages that the file does not hold are zero. */
  mapped(info: RamBlockInfo, { pageSize }: MappedRamHeader, bitmap: Uint8Array): void {
    const { bytes } = this.#own(info);
    for (let page = 0; page * pageSize < bytes.length; page += 1) {
      if ((bitmap[page >> 3]! >> (page & 7)) & 1) continue;
      this.#zero += 1;
      bytes.fill(0, page * pageSize, (page + 1) * pageSize);
    }
  }

  xbzrle(info: RamBlockInfo, address: number, encoded: Uint8Array): void {
    this.#normal += 1;
    const { bytes } = this.#own(info);
    applyXbzrle(bytes.subarray(address, address + PAGE_SIZE), encoded);
  }

  compressed(): never {
    throw new MigrationError("compressed pages, which this destination does not take");
  }

  /** The block of this machine; most records are of the same one as the record before. */
  #own(info: RamBlockInfo): RamBlock {
    if (info !== this.#info || !this.#block) {
      this.#info = info;
      this.#block = this.#ram.block(info.name)!;
    }
    return this.#block;
  }
}
