import type { MappedRamHeader } from "./mapped-ram-header.js";
import type { RamBlockInfo } from "./stream-item.js";

/**
 * Takes what RAM records hold, in stream order: for images, for the memory of a destination. What
 * it leaves out is skipped without being collected. Bytes are views, good during the call only.
 */
export interface RamSink {
  /** The block list begins; its blocks have so many bytes in all. */
  blockList?(total: number): void;
  /** An entry of the block list, before anything of its memory; `pageSize` is that of the target. */
  block?(block: RamBlockInfo, pageSize: number): void;
  /** The size of a page, where it turned out to be another than all blocks were given with. */
  pageSize?(bytes: number): void;
  /**
   * Under mapped-ram, after a block's entry: where its pages are in the file, and which ones. The
   * bitmap of an ignored block is empty.
   */
  mapped?(block: RamBlockInfo, header: MappedRamHeader, bitmap: Uint8Array): void;
  /**
   * Under mapped-ram, the block's stretch of the file from `offset` bytes into it, also what is no
   * page. Who takes this is not given its pages one by one.
   */
  mappedBytes?(block: RamBlockInfo, offset: number, bytes: Uint8Array): void;
  /** The record that comes next names its block, instead of going on with the one before. */
  named?(block: RamBlockInfo): void;
  /** A whole page at `address` bytes into the block. */
  page?(block: RamBlockInfo, address: number, bytes: Uint8Array): void;
  /** Where a whole page is, for who leaves `page` out as its bytes are not wanted. */
  pageAt?(block: RamBlockInfo, address: number): void;
  /** A page of which every byte is `fill`. */
  zero?(block: RamBlockInfo, address: number, fill: number): void;
  /** What changed in a page since it was sent before (see `applyXbzrle`). */
  xbzrle?(block: RamBlockInfo, address: number, encoded: Uint8Array): void;
  /** A page in zlib's format, of QEMU up to 9.0. */
  compressed?(block: RamBlockInfo, address: number, deflated: Uint8Array): void;
  /** A sync point with the multifd channels. */
  flush?(): void;
  /** A record of RDMA, without contents. */
  hook?(): void;
}
