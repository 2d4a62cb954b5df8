import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, ready, type Steps } from "../../bytes/steps.js";
import { DEFAULT_PAGE_SIZE, RamFlag } from "./constants.js";
import { readCountedString, writeCountedString } from "./counted-string.js";
import type { RamBlockInfo } from "./stream-item.js";

/** What decides on the form of RAM records: capabilities and commands seen before. */
export interface RamFeatures {
  /** Bytes of a page of the target. */
  pageSize: number;
  /** Whether something told that size; else the records do. */
  pageSizeKnown: boolean;
  /** Capability mapped-ram: the block list holds headers, the pages lie at offsets of the file. */
  mappedRam: boolean;
  /** Capability x-ignore-shared: the block list has guest physical addresses. */
  ignoreShared: boolean;
  /** POSTCOPY_ADVISE was seen: the block list may have page sizes of the host. */
  postcopy: boolean;
}

/** Reads one entry of the block list, of which at most `left` bytes of memory are to be told. */
export function* readRamBlock(
  window: ByteWindow,
  left: number,
  features: RamFeatures,
): Steps<never, RamBlockInfo> {
  const name = yield* readCountedString(window);
  yield* need(window, 8);
  const usedLength = window.size64("used length");
  if (usedLength > left) {
    throw new DecodeError(`block of ${usedLength} bytes, only ${left} are left`, window.offset - 8);
  }
  const hostPageSize = features.postcopy ? yield* readHostPageSize(window) : undefined;
  const block = { name, usedLength, ...(hostPageSize !== undefined && { hostPageSize }) };
  if (!features.ignoreShared) return block;
  yield* need(window, 8);
  return { ...block, address: window.u64() };
}

/**
 * The page size stands there only for blocks whose pages are not the host's ordinary ones (QEMU
 * migration/ram.c: ram_save_setup), which the stream does not tell. But a power of two of at least
 * 4096 is neither a record, which has flags, nor does a name begin with a byte of 0.
 */
function* readHostPageSize(window: ByteWindow): Steps<never, number | undefined> {
  if (!(yield* ready(window, 8))) return undefined;
  const size = window.peekU32() * 0x1_0000_0000 + window.peekU32(4);
  if (size < DEFAULT_PAGE_SIZE || !Number.isSafeInteger(size)) return undefined;
  if (!Number.isInteger(Math.log2(size))) return undefined;
  window.skip(8);
  return size;
}

/** Writes the block list, as START of `ram` has it. */
export function writeRamBlockList(writer: ByteWriter, blocks: readonly RamBlockInfo[]): void {
  writeRamBlockListHead(
    writer,
    blocks.reduce((sum, block) => sum + block.usedLength, 0),
  );
  for (const block of blocks) writeRamBlock(writer, block);
}

/** Writes what the block list begins with; `total` are the bytes of all blocks. */
export function writeRamBlockListHead(writer: ByteWriter, total: number): void {
  writer.u64(total + RamFlag.memSize);
}

/** Writes one entry of the block list. */
export function writeRamBlock(writer: ByteWriter, block: RamBlockInfo): void {
  writeCountedString(writer, block.name);
  writer.u64(block.usedLength);
  if (block.hostPageSize !== undefined) writer.u64(block.hostPageSize);
  if (block.address !== undefined) writer.u64(block.address);
}
