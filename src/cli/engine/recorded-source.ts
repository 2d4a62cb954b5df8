import type { Socket } from "node:net";
import type { ByteChannel } from "../../migration/engine/byte-channel.js";
import {
  CHANNEL_KIND_HEAD,
  type ChannelKind,
  channelKind,
} from "../../migration/wire/channel-kind.js";
import type { RecordedWays } from "./recording-writer.js";

/** Where what comes in is written down, and who reads along. */
export interface Recorded {
  readonly ways: RecordedWays;
  readonly reading?: ((chunk: Uint8Array) => void) | undefined;
  /** Called with the size of each chunk before it is recorded; throws where no more is accepted. */
  readonly admit?: (bytes: number) => void;
}

/**
 * What a source sends, written down as it is read. Its first bytes can be looked at before; where it
 * is to be recorded is told then. What the disk does not take is not given out either.
 */
export class RecordedSource implements AsyncIterable<Uint8Array> {
  protected recorded: Recorded | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #head: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes that came. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether all that came was read, up to the end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the first bytes say that it is; `undefined` if it ends without any. Throws if it breaks. */
  async kind(): Promise<ChannelKind | undefined> {
    const head = await this.head(CHANNEL_KIND_HEAD);
    return head.length === 0 ? undefined : channelKind(head);
  }

  /** So many first bytes, or more if they came with them; fewer if it ends before. They are read again. */
  async head(bytes: number): Promise<Uint8Array> {
    let length = this.#head.reduce((sum, chunk) => sum + chunk.length, 0);
    while (length < bytes) {
      const { value, done } = await this.#chunks.next();
      if (done) break;
      this.#head.push(value);
      length += value.length;
    }
    return Buffer.concat(this.#head);
  }

  /** Releases the first bytes, of what is not to be read. */
  protected forgetHead(): void {
    this.#head.length = 0;
  }

  /** Begins to be recorded. */
  recordTo(recorded: Recorded): void {
    this.recorded = recorded;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (const chunk of this.#head.splice(0)) yield await this.#take(chunk);
      for (let step = await this.#chunks.next(); !step.done; step = await this.#chunks.next()) {
        yield await this.#take(step.value);
      }
      this.#ended = true;
    } finally {
      await this.#chunks.return?.();
    }
  }

  async #take(chunk: Uint8Array): Promise<Uint8Array> {
    this.#bytes += chunk.length;
    if (!this.recorded) return chunk;
    this.recorded.admit?.(chunk.length);
    const recorder = this.recorded.ways.forward(chunk);
    this.recorded.reading?.(chunk);
    if (recorder.isFull) await recorder.room();
    if (recorder.failure) throw recorder.failure;
    return chunk;
  }
}

/** A socket whose both ways are written down. */
export class RecordedSocket extends RecordedSource implements ByteChannel {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    // The end of one way is not the end of the other.
    super(socket.iterator({ destroyOnReturn: false }));
    this.#socket = socket;
    socket.on("error", () => {});
  }

  write(chunk: Uint8Array, callback: (error?: Error | null) => void): void {
    this.recorded?.ways.back(chunk);
    this.#socket.write(chunk, callback);
  }

  end(callback: () => void): void {
    this.#socket.end(callback);
  }

  /** Closes it, and releases what came on it. */
  drop(): void {
    this.destroy();
    this.forgetHead();
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error);
  }

  on(event: "error", listener: (error: Error) => void): void {
    this.#socket.on(event, listener);
  }
}
