import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { TRACE_COPIER_BLOCK, trace_copier_block } from "./generated/copier.js";

/** Copies a file, a block at a time; gives how many bytes there were. */
export function copy(from: string, to: string, blockSize: number): number {
  const [input, output] = [openSync(from, "r"), openSync(to, "w")];
  const block = new Uint8Array(blockSize);
  let offset = 0;
  for (let length = readSync(input, block); length > 0; length = readSync(input, block)) {
    const bytes = block.subarray(0, length);
    // A checksum takes time: it is made only for those who want to see it.
    if (TRACE_COPIER_BLOCK.enabled) trace_copier_block(offset, length, checksum(bytes));
    writeFileSync(output, bytes);
    offset += length;
  }
  closeSync(input);
  closeSync(output);
  return offset;
}

/** Adler-32. */
function checksum(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return high * 65536 + low;
}
