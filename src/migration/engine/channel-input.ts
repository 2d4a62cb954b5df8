import { abortable } from "./abortable.js";
import { channelError } from "./migration-error.js";

/**
 * What comes in on a channel. Unlike `for await`, it leaves the channel open when reading stops
 * early: the other way may still be in use.
 */
export class ChannelInput {
  readonly #iterator: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** The next chunk; `undefined` at the end. Throws if the channel fails or the signal comes. */
  async read(signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const next = this.#iterator.next().then(
      ({ done, value }) => (done ? undefined : value),
      (error: unknown) => {
        throw channelError(error);
      },
    );
    return await abortable(next, signal);
  }

  /** Reads and forgets until the peer has closed its way. */
  async drain(signal: AbortSignal): Promise<void> {
    while (await this.read(signal));
  }

  /** Wants no more, which closes a file that was being read. */
  close(): void {
    // Not waited for: it comes only behind a chunk that is still awaited.
    this.#iterator.return?.().then(undefined, () => {});
  }
}
