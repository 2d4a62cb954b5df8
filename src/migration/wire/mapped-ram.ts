import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps, skip } from "../../bytes/steps.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";

/** What stands behind a block in the block list under mapped-ram (QEMU migration/ram.c: MappedRamHeader). */
export interface MappedRamHeader {
  readonly pageSize: number;
  /** Offset of the bitmap in the file, in bytes. */
  readonly bitmapOffset: number;
  /** Offset of the block's first page in the file, in bytes. */
  readonly pagesOffset: number;
}

const MAPPED_RAM_VERSION = 1;
const HEADER_SIZE = 28;

/**
 * Reads a block's header, bitmap and pages: the stream goes on behind them. Gives how many pages
 * the file holds; the others are zero.
 */
export function* readMappedRam(
  window: ByteWindow,
  block: RamBlockInfo,
  sink: RamSink,
): Steps<never, number> {
  const header = yield* readMappedRamHeader(window);
  const pages = Math.ceil(block.usedLength / header.pageSize);
  yield* skipTo(window, header.bitmapOffset, "bitmap");
  // An array of the host's longs; all hosts with mapped-ram files to be met are little-endian.
  const bitmapSize = Math.ceil(pages / 64) * 8;
  yield* need(window, bitmapSize);
  const bitmap = window.bytes(bitmapSize).slice();
  yield* skipTo(window, header.pagesOffset, "pages");
  if (sink.page) yield* readPages(window, block, header.pageSize, bitmap, sink);
  else yield* skip(window, block.usedLength);
  return bitmap.reduce((sum, byte) => sum + bitCount(byte), 0);
}

function* readMappedRamHeader(window: ByteWindow): Steps<never, MappedRamHeader> {
  const offset = window.offset;
  yield* need(window, HEADER_SIZE);
  const version = window.u32();
  if (version !== MAPPED_RAM_VERSION)
    throw new DecodeError(`mapped-ram version ${version}`, offset);
  const pageSize = window.size64("page size");
  if (pageSize < 512 || !Number.isInteger(Math.log2(pageSize))) {
    throw new DecodeError(`page size ${pageSize}`, offset + 4);
  }
  const bitmapOffset = window.size64("bitmap offset");
  return { pageSize, bitmapOffset, pagesOffset: window.size64("pages offset") };
}

function* skipTo(window: ByteWindow, offset: number, what: string): Steps<never> {
  if (offset < window.offset) {
    throw new DecodeError(`${what} at 0x${offset.toString(16)}, before the header`, window.offset);
  }
  yield* skip(window, offset - window.offset);
}

function* readPages(
  window: ByteWindow,
  block: RamBlockInfo,
  pageSize: number,
  bitmap: Uint8Array,
  sink: RamSink,
): Steps<never> {
  for (let address = 0, page = 0; address < block.usedLength; address += pageSize, page += 1) {
    const length = Math.min(pageSize, block.usedLength - address);
    if ((bitmap[page >> 3]! >> (page & 7)) & 1) {
      yield* need(window, length);
      sink.page?.(block, address, window.bytes(length));
    } else {
      yield* skip(window, length);
    }
  }
}

function bitCount(byte: number): number {
  let count = 0;
  for (let left = byte; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Writes a block's header. */
export function writeMappedRamHeader(writer: ByteWriter, header: MappedRamHeader): void {
  writer.u32(MAPPED_RAM_VERSION).u64(header.pageSize);
  writer.u64(header.bitmapOffset).u64(header.pagesOffset);
}
