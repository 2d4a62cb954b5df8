import { Failure } from "../io.js";

/**
 * How threads share a trace. All read the same blocks, so that each knows all that came before, and
 * stumbles over the same damage; they take turns in printing, which is what takes the time. A turn is
 * a block for formats of lines, a row group for Parquet.
 */
export interface Turns {
  /** Whether this thread prints the records of a turn. */
  readonly isMine: (turn: number) => boolean;
  /**
   * Called behind a turn's last record, or the error that it ends in. In the thread that writes, puts
   * what another one has made of the turn.
   */
  readonly end: <Part>(turn: number, put: (part: Part) => Promise<void>) => Promise<void>;
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

/** What there is to say where threads may have read different bytes. */
export function becameShorter(trace: string): Failure {
  return new Failure(`${trace}: became shorter while it was read`, 1);
}
