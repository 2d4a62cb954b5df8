import { pick, type Random } from "../support/random.js";

/** So many bytes are fed in tiny chunks, where those are chosen: all of an input would take long. */
const TINY = 600;

/** What a chunk that a reader should have left is overwritten with. */
const POISON = 0xa5;

/**
 * The bytes in chunks: byte by byte, of one length, or of random ones. Each is overwritten when the
 * next but one is asked for: a reader may look at a chunk until the next was appended, and no longer.
 * Half of the time they are Buffers, as Node's streams give them: `slice` does not copy those.
 */
export function* inChunks(random: Random, bytes: Uint8Array): Generator<Uint8Array> {
  const fixed = pick(random, [1, 2, 7, 64, 4096, 0]);
  const asBuffers = random(2) === 0;
  let before: Uint8Array | undefined;
  let last: Uint8Array | undefined;
  for (let at = 0; at < bytes.length; ) {
    const chosen = fixed || 1 + random(pick(random, [3, 30, 3000]));
    const length = at < TINY ? chosen : Math.max(chosen, 1024);
    const part = bytes.subarray(at, at + length);
    const chunk = asBuffers ? bufferOf(part) : new Uint8Array(part);
    at += chunk.length;
    before?.fill(POISON);
    before = last;
    last = chunk;
    yield chunk;
  }
}

/** A copy within a larger piece of memory. */
function bufferOf(bytes: Uint8Array): Buffer {
  const memory = new Uint8Array(bytes.length + 3);
  memory.set(bytes, 3);
  return Buffer.from(memory.buffer, 3);
}
