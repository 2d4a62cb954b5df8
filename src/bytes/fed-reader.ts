import type { ByteOrder } from "./byte-order.js";
import { ByteWindow } from "./byte-window.js";
import type { Steps } from "./steps.js";

/**
 * A reader that is fed and answers: `append` bytes as they come, `end` behind the last, and take
 * what was read with `next` until it gives nothing more.
 *
 * Base of the readers of every format; a format gives the decoder.
 */
export class FedReader<T> {
  protected readonly window: ByteWindow;
  #steps: Steps<T> | undefined;
  readonly #decode: (window: ByteWindow) => Steps<T>;
  #done = false;

  /** `base` is the offset of the first byte that will be fed. */
  constructor(order: ByteOrder, decode: (window: ByteWindow) => Steps<T>, base = 0) {
    this.window = new ByteWindow(order, undefined, base);
    this.#decode = decode;
  }

  /** Offset of the next byte that is not consumed yet. */
  get offset(): number {
    return this.window.offset;
  }

  /** True once the decoder has come to its end, well or by an error. */
  get done(): boolean {
    return this.#done;
  }

  /** Feeds the next bytes of the input. Views handed out before are void from here on. */
  append(chunk: Uint8Array): void {
    this.window.append(chunk);
  }

  /** Says that the input has ended. */
  end(): void {
    this.window.end();
  }

  /** The next thing read; `undefined` when more bytes are wanted or all is read. Throws `DecodeError`. */
  next(): T | undefined {
    if (this.#done) return undefined;
    this.#steps ??= this.#decode(this.window);
    try {
      const step = this.#steps.next();
      if (step.done) this.#done = true;
      else return step.value;
    } catch (error) {
      this.#done = true;
      throw error;
    }
    return undefined;
  }
}

/** What can be fed and asked as a `FedReader` is. */
export type Fed<T> = Pick<FedReader<T>, "append" | "end" | "next" | "done">;

/** What a reader can give of what it was fed. */
export function* readFed<T>(reader: Pick<Fed<T>, "next">): Generator<T, void, void> {
  for (let value = reader.next(); value !== undefined; value = reader.next()) yield value;
}

/** All that a reader reads from chunks; the chunks' iterator is closed on an early exit. */
export async function* readChunks<T>(
  reader: Fed<T>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<T, void, void> {
  for await (const chunk of chunks) {
    reader.append(chunk);
    yield* readFed(reader);
    if (reader.done) return;
  }
  reader.end();
  yield* readFed(reader);
}
