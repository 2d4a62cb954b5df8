import { write, writev } from "node:fs";

/**
 * Appends chunks, no more than the system takes in one call (IOV_MAX), to a file that is open; tells
 * of each part that was written, as a disk that fills takes a part of what it is given.
 */
export async function writeChunks(
  handle: number,
  chunks: readonly Uint8Array[],
  wrote: (length: number) => void = () => {},
): Promise<void> {
  for (let left = chunks; left.length > 0; ) {
    const length = await writeSome(handle, left);
    wrote(length);
    left = without(left, length);
  }
}

function writeSome(handle: number, chunks: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, written: number) =>
      error ? reject(error) : resolve(written);
    const [only] = chunks;
    if (only && chunks.length === 1) write(handle, only, done);
    else writev(handle, chunks, done);
  });
}

/** Chunks without the first `length` bytes. */
function without(chunks: readonly Uint8Array[], length: number): Uint8Array[] {
  let left = length;
  let at = 0;
  while (at < chunks.length && left >= chunks[at]!.length) left -= chunks[at++]!.length;
  const rest = chunks.slice(at);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
