import type { ByteWriter } from "../../bytes/byte-writer.js";
import { RamFlag } from "./constants.js";
import { writeCountedString } from "./counted-string.js";

/**
 * Writes the records of `ram` sections.
 *
 * One for a stream: a record of the same block as the one before carries CONTINUE instead of the
 * block's name, also across sections (QEMU migration/ram.c: save_page_header).
 */
export class RamRecordWriter {
  readonly #writer: ByteWriter;
  #block: string | undefined;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** A page with its bytes. */
  page(block: string, address: number, bytes: Uint8Array): void {
    this.#head(block, address, RamFlag.page);
    this.#writer.bytes(bytes);
  }

  /** A page of which every byte is `fill`. */
  zero(block: string, address: number, fill = 0): void {
    this.#head(block, address, RamFlag.zero);
    this.#writer.u8(fill);
  }

  /** What changed in a page, as `encodeXbzrle` gives it. */
  xbzrle(block: string, address: number, encoded: Uint8Array): void {
    this.#head(block, address, RamFlag.xbzrle);
    this.#writer.u8(1).u16(encoded.length).bytes(encoded);
  }

  /** A page in zlib's format. */
  compressed(block: string, address: number, deflated: Uint8Array): void {
    this.#head(block, address, RamFlag.compressPage);
    this.#writer.u32(deflated.length).bytes(deflated);
  }

  /** A sync point with the multifd channels. */
  flush(): void {
    this.#writer.u64(RamFlag.multifdFlush);
  }

  /** A record of RDMA, without contents. */
  hook(): void {
    this.#writer.u64(RamFlag.hook);
  }

  /** The end of a section's data. */
  endOfSection(): void {
    this.#writer.u64(RamFlag.eos);
  }

  /** The next record names its block, also if it is that of the record before. */
  forgetBlock(): void {
    this.#block = undefined;
  }

  #head(block: string, address: number, flag: number): void {
    if (block === this.#block) {
      this.#writer.u64(address + flag + RamFlag.continue);
    } else {
      this.#writer.u64(address + flag);
      writeCountedString(this.#writer, block);
      this.#block = block;
    }
  }
}
