import type { ByteChannel, ByteSink } from "./byte-channel.js";

/**
 * Where bytes go that have their places: a file, above all. Only one call is outstanding at a time.
 * It must be empty at first; what lies between the places that were written reads as zeros.
 */
export interface OffsetSink {
  /**
   * Writes bytes at an offset, which may be beyond the end or be written again. Gives how many it
   * took; for the rest it is called once more. The bytes do not change any more.
   */
  writeAt(offset: number, bytes: Uint8Array): number | PromiseLike<number>;
  /** Closes; called once, also after a failure: what was written stands. */
  close(): unknown;
}

/** Whether a sink can be written at offsets. */
export function isOffsetSink(sink: ByteSink | ByteChannel | OffsetSink): sink is OffsetSink {
  return "writeAt" in sink;
}
