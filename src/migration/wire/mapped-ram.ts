import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps, skip } from "../../bytes/steps.js";
import type { MappedRamHeader } from "./mapped-ram-header.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";

/** Bytes of a bitmap that are held at most: those of 8 TiB in pages of 4 KiB. */
const MAX_BITMAP = 256 * 1024 * 1024;

/**
 * Reads a block's bitmap and pages, which follow its header; the stream continues after them. Returns
 * how many pages the file holds; the others are zero.
 */
export function* readMappedRam(
  window: ByteWindow,
  block: RamBlockInfo,
  header: MappedRamHeader,
  sink: RamSink,
): Steps<never, number> {
  const pages = Math.ceil(block.usedLength / header.pageSize);
  yield* skipTo(window, header.bitmapOffset, "bitmap");
  // An array of the host's longs; all hosts with mapped-ram files to be met are little-endian.
  const bitmapSize = Math.ceil(pages / 64) * 8;
  const isWanted = sink.mapped || (sink.page && !sink.mappedBytes);
  if (isWanted && bitmapSize > MAX_BITMAP) {
    throw new DecodeError(`a bitmap of ${bitmapSize} bytes`, window.offset);
  }
  const bitmap = new Uint8Array(isWanted ? bitmapSize : 0);
  const present = yield* readBitmap(window, bitmapSize, bitmap);
  yield* skipTo(window, header.pagesOffset, "pages");
  sink.mapped?.(block, header, bitmap);
  if (sink.mappedBytes) yield* readBytes(window, block, sink);
  else if (sink.page) yield* readPages(window, block, header.pageSize, bitmap, sink);
  else yield* skip(window, block.usedLength);
  return present;
}

/** Reads a bitmap into `bitmap` as far as there is room, and gives how many bits are set. */
function* readBitmap(window: ByteWindow, length: number, bitmap: Uint8Array): Steps<never, number> {
  let present = 0;
  for (let at = 0; at < length; ) {
    yield* need(window, 1);
    const bytes = window.bytes(Math.min(window.available, length - at));
    for (const byte of bytes) present += bitCount(byte);
    if (bitmap.length > 0) bitmap.set(bytes, at);
    at += bytes.length;
  }
  return present;
}

function* skipTo(window: ByteWindow, offset: number, what: string): Steps<never> {
  if (offset < window.offset) {
    throw new DecodeError(`${what} at 0x${offset.toString(16)}, before the header`, window.offset);
  }
  yield* skip(window, offset - window.offset);
}

function* readBytes(window: ByteWindow, block: RamBlockInfo, sink: RamSink): Steps<never> {
  for (let offset = 0; offset < block.usedLength; ) {
    yield* need(window, 1);
    const length = Math.min(window.available, block.usedLength - offset);
    sink.mappedBytes?.(block, offset, window.bytes(length));
    offset += length;
  }
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
