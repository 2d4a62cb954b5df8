import { abortable, type Patience, settlesWithin } from "./abortable.js";
import type { ByteSource } from "./byte-channel.js";
import { channelError } from "./migration-error.js";

/**
 * What comes in on a channel. Unlike `for await`, it leaves the channel open when reading stops
 * early: the other way may still be in use.
 */
export class ChannelInput {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  /** What is awaited, and was not given yet. */
  #coming: Promise<Uint8Array | undefined> | undefined;
  #ended = false;

  constructor(source: ByteSource) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The end of what comes was read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What was read is to be read again. */
  unread(chunk: Uint8Array): void {
    this.#coming = Promise.resolve(chunk);
  }

  /** The next chunk; `undefined` at the end. Throws if the channel fails or patience ends. */
  async read(patience: Patience): Promise<Uint8Array | undefined> {
    patience.signal.throwIfAborted();
    this.#coming ??= this.#next();
    const chunk = await abortable(this.#coming, patience);
    this.#coming = undefined;
    this.#ended = chunk === undefined;
    return chunk;
  }

  /** Whether a chunk comes, or the end, within some milliseconds. Throws if it is aborted. */
  comes(milliseconds: number, { signal }: Patience): Promise<boolean> {
    this.#coming ??= this.#next();
    return settlesWithin(this.#coming, milliseconds, signal);
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#iterator.next();
      return done ? undefined : value;
    } catch (error) {
      throw channelError(error);
    }
  }

  /** Reads and forgets until the peer has closed its way. */
  async drain(patience: Patience): Promise<void> {
    while (await this.read(patience));
  }

  /** Wants no more, which closes a file that was being read. */
  close(): void {
    // Not waited for: it comes only behind a chunk that is still awaited.
    Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }
}
