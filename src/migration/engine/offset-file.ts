import type { ByteSink } from "./byte-channel.js";
import { asError, MigrationError } from "./migration-error.js";
import type { OffsetSink } from "./offset-sink.js";

type Callback = (error?: Error | null) => void;

/**
 * A stream's way into a sink of offsets: it goes on at `position`, which can be set, while other
 * bytes go to places of their own. All are written in the order in which they were given.
 */
export class OffsetFile implements ByteSink {
  /** Where the next chunk of the stream goes. */
  position = 0;
  readonly #sink: OffsetSink;
  readonly #listeners: ((error: Error) => void)[] = [];
  #last: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #closed = false;

  constructor(sink: OffsetSink) {
    this.#sink = sink;
  }

  write(chunk: Uint8Array, callback: Callback): void {
    this.writeAt(this.position, chunk, callback);
    this.position += chunk.length;
  }

  /** The same at an offset; the stream stays where it is. */
  writeAt(offset: number, chunk: Uint8Array, callback: Callback): void {
    this.#queue(() => this.#writeAll(offset, chunk)).then(() => callback(), callback);
  }

  end(callback: () => void): void {
    this.#queue(() => this.#close()).then(callback, () => {});
  }

  destroy(error = new MigrationError("the file was given up")): void {
    this.#failure ??= error;
    // Why it is given up is known already; that it cannot be closed either says no more.
    this.#last = this.#last.then(() => this.#close()).catch(() => {});
  }

  on(_: "error", listener: (error: Error) => void): void {
    this.#listeners.push(listener);
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#sink.close();
  }

  async #writeAll(offset: number, chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const taken = await this.#sink.writeAt(offset + done, chunk.subarray(done));
      if (!(taken > 0)) throw new MigrationError(`nothing was written at ${offset + done}`);
      done += taken;
    }
  }

  /** Does it when all before it is done; fails if any of that has failed. */
  #queue(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => {
      if (this.#failure) throw this.#failure;
      return task();
    });
    this.#last = done.catch((error) => this.#fail(asError(error)));
    return done;
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    for (const listener of this.#listeners) listener(error);
  }
}
