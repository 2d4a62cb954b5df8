import { joinBytes } from "./join-bytes.js";

/** The first `length` bytes of chunks, and all of them. */
export async function withHead(chunks: AsyncIterable<Uint8Array>, length: number) {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = new Uint8Array(0);
  while (head.length < length) {
    const { value, done } = await iterator.next();
    if (done) break;
    // Chunks are pieces of a buffer that may be much larger.
    head = joinBytes([head, value]);
  }
  return { head, all: joined(head, iterator) };
}

/** Chunks after those that were taken from their iterator, and `head` before them. */
export async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>) {
  try {
    if (head.length > 0) yield head;
    for (let step = await rest.next(); !step.done; step = await rest.next()) yield step.value;
  } finally {
    // Closes files, and ends decompressors.
    await rest.return?.();
  }
}
