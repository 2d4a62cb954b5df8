import type { RamBlockInfo } from "./stream-item.js";

/**
 * Takes what RAM records hold, in stream order: for images, for the memory of a destination. What
 * it leaves out is skipped without being collected. Bytes are views, good during the call only.
 */
export interface RamSink {
  /** An entry of the block list, before anything of its memory; `pageSize` is that of the target. */
  block?(block: RamBlockInfo, pageSize: number): void;
  /** A whole page at `address` bytes into the block. */
  page?(block: RamBlockInfo, address: number, bytes: Uint8Array): void;
  /** A page of which every byte is `fill`. */
  zero?(block: RamBlockInfo, address: number, fill: number): void;
  /** What changed in a page since it was sent before (see `applyXbzrle`). */
  xbzrle?(block: RamBlockInfo, address: number, encoded: Uint8Array): void;
  /** A page in zlib's format, of QEMU up to 9.0. */
  compressed?(block: RamBlockInfo, address: number, deflated: Uint8Array): void;
  /** A sync point with the multifd channels. */
  flush?(): void;
}
