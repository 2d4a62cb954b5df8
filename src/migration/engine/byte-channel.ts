/** Where bytes go: a file, one way of a socket. Every `Writable` of Node is one. */
export interface ByteSink {
  /** Writes a chunk, which must not change any more; calls back when more may come. */
  write(chunk: Uint8Array, callback: (error?: Error | null) => void): unknown;
  /** Writes what is outstanding, then closes; calls back when that is done. */
  end(callback: () => void): unknown;
  /** Closes at once; what is outstanding fails. */
  destroy(error?: Error): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Both ways of a connection: every `Duplex` of Node is one, a socket above all. */
export interface ByteChannel extends ByteSink, AsyncIterable<Uint8Array> {}

/** Where bytes come from; without a way back, no return path can be opened. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ByteChannel;

/** Whether bytes can be read from a sink, too. */
export function isChannel(end: ByteSink | ByteSource): end is ByteChannel {
  return Symbol.asyncIterator in end && "write" in end && typeof end.write === "function";
}
