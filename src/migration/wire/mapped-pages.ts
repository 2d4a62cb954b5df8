import type { MappedRamHeader } from "./mapped-ram-header.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";

/** Gives a sink the pages of mapped blocks, out of their bytes: those that the block's bitmap has. */
export function mappedPages(sink: RamSink): Required<Pick<RamSink, "mapped" | "mappedBytes">> {
  let bitmap = new Uint8Array();
  let page = new Uint8Array();
  /** How many bytes of the page have come. */
  let filled = 0;
  return {
    mapped(_: RamBlockInfo, { pageSize }: MappedRamHeader, present: Uint8Array) {
      bitmap = present.slice();
      page = new Uint8Array(pageSize);
      filled = 0;
    },
    mappedBytes(block: RamBlockInfo, offset: number, bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; ) {
        const address = offset + at - filled;
        const size = Math.min(page.length, block.usedLength - address);
        const part = bytes.subarray(at, at + size - filled);
        page.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < size) return;
        filled = 0;
        const index = address / page.length;
        if ((bitmap[index >> 3]! >> (index & 7)) & 1) {
          sink.page?.(block, address, page.subarray(0, size));
        }
      }
    },
  };
}
