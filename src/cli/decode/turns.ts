import { Failure } from "../io.js";

/**
 * How threads share a trace. All read the same blocks, so that each knows all that came before, and
 * stumbles over the same damage; they take turns in printing, which is what takes the time.
 */
export interface Turns {
  /** Whether this thread prints the records that a block completes. */
  readonly isMine: (block: number) => boolean;
  /** Called behind a block's last record, or the error that it ends in. */
  readonly end: (block: number) => Promise<void>;
}

/** One thread, whose turn it always is. */
export const alone: Turns = { isMine: () => true, end: async () => {} };

/**
 * The blocks as far as there are `size` bytes: a trace may grow while threads begin to read it.
 * Throws `Failure` where there are fewer: the threads may have read different ones.
 */
export async function* firstBytes(
  trace: string,
  blocks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const block of blocks) {
    yield block.subarray(0, left);
    left -= block.length;
    if (left <= 0) return;
  }
  throw becameShorter(trace);
}

export function becameShorter(trace: string): Failure {
  return new Failure(`${trace}: became shorter while it was read`, 1);
}
