import { RamImageBuilder } from "../../../src/migration/wire/ram-image.js";
import type { RamSink } from "../../../src/migration/wire/ram-sink.js";

/** RAM as a sink builds it up, by the name of the block. */
export class Memory {
  readonly blocks = new Map<string, Uint8Array>();

  /** Takes RAM records. */
  readonly sink: RamSink = new RamImageBuilder(({ name, usedLength }) => {
    const bytes = new Uint8Array(usedLength);
    this.blocks.set(name, bytes);
    return {
      write: (address, data) => bytes.set(data, address),
      read: (address, length) => bytes.subarray(address, address + length),
    };
  });
}

/** The pages, each of 4096 bytes, in which two memories differ. */
export function differentPages(a: Uint8Array, b: Uint8Array): number[] {
  const pages: number[] = [];
  for (let at = 0; at < Math.max(a.length, b.length); at += 4096) {
    if (Buffer.compare(a.subarray(at, at + 4096), b.subarray(at, at + 4096)) !== 0) {
      pages.push(at / 4096);
    }
  }
  return pages;
}
