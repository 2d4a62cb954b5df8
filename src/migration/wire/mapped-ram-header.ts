import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps } from "../../bytes/steps.js";

/** What stands behind a block in the block list under mapped-ram (QEMU migration/ram.c: MappedRamHeader). */
export interface MappedRamHeader {
  readonly pageSize: number;
  /** Offset of the bitmap in the file, in bytes. */
  readonly bitmapOffset: number;
  /** Offset of the block's first page in the file, in bytes. */
  readonly pagesOffset: number;
}

const MAPPED_RAM_VERSION = 1;

/** Bytes of a header. */
export const MAPPED_RAM_HEADER_SIZE = 28;

/**
 * Whether a header is that of a block whose memory x-ignore-shared keeps out of the file: both offsets
 * are 0, and neither a bitmap nor pages follow (QEMU migration/ram.c: mapped_ram_setup_ramblock).
 */
export function isIgnored({ bitmapOffset, pagesOffset }: MappedRamHeader): boolean {
  return bitmapOffset === 0 && pagesOffset === 0;
}

/** Reads a block's header; throws `DecodeError` if it is of another version or makes no sense. */
export function* readMappedRamHeader(window: ByteWindow): Steps<never, MappedRamHeader> {
  const offset = window.offset;
  yield* need(window, MAPPED_RAM_HEADER_SIZE);
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

/** Writes a block's header. */
export function writeMappedRamHeader(writer: ByteWriter, header: MappedRamHeader): void {
  writer.u32(MAPPED_RAM_VERSION).u64(header.pageSize);
  writer.u64(header.bitmapOffset).u64(header.pagesOffset);
}
