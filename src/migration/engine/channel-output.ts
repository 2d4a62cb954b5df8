import { StreamWriter } from "../wire/stream-writer.js";
import { abortable, type Patience } from "./abortable.js";
import type { ByteSink } from "./byte-channel.js";
import { channelError } from "./migration-error.js";

/** The bytes that are collected before they are sent (QEMU migration/qemu-file.c: some 128 KiB). */
const FULL = 128 * 1024;

/** Bytes that may wait for the peer before it is waited for. */
const MAX_AHEAD = 4 * FULL;

/** What of a sink is used here; who made it takes care of the rest. */
type Outlet = Pick<ByteSink, "write" | "end">;

/** What is written into, and gives what was written. */
type Bytes = Pick<StreamWriter, "length" | "take">;

/** The output of a stream, or of a return path. */
export function streamOutput(sink: Outlet, patience: Patience): ChannelOutput {
  return new ChannelOutput(sink, patience, new StreamWriter(2 * FULL));
}

/** What goes out on a channel: written into `writer`, sent by `flush`, which waits for the peer. */
export class ChannelOutput<W extends Bytes = StreamWriter> {
  readonly writer: W;
  readonly #sink: Outlet;
  readonly #patience: Patience;
  #sent = 0;
  #ahead = 0;
  #wake: () => void = () => {};
  #failure: Error | undefined;

  constructor(sink: Outlet, patience: Patience, writer: W) {
    this.#sink = sink;
    this.#patience = patience;
    this.writer = writer;
  }

  /** Bytes sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes of these that the channel has not taken yet. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Whether so much is collected that it should be sent, or sent that it should be waited for. */
  get isFull(): boolean {
    return this.writer.length >= FULL || this.#ahead > MAX_AHEAD;
  }

  /**
   * Sends what is collected; waits only if the peer is far behind, so that both ends have something
   * to do. Throws if the channel has failed.
   */
  async flush(): Promise<void> {
    await this.#flush(MAX_AHEAD);
  }

  /** Sends what is collected, and waits until the channel has taken all. Throws if it has failed. */
  async drain(): Promise<void> {
    await this.#flush(0);
  }

  /** Comes back when no more than so many bytes wait for the peer. */
  async #flush(ahead: number): Promise<void> {
    this.#patience.signal.throwIfAborted();
    this.send();
    while (this.#ahead > ahead && !this.#failure) await this.#taken();
    if (this.#failure) throw this.#failure;
  }

  /** Waits until the channel has taken a chunk, or failed. */
  #taken(): Promise<void> {
    const taken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return abortable(taken, this.#patience);
  }

  /** Sends what is collected, without waiting. */
  send(): void {
    if (this.writer.length === 0) return;
    const chunk = this.writer.take();
    this.#sent += chunk.length;
    this.#ahead += chunk.length;
    this.#sink.write(chunk, (error) => {
      if (error) this.#failure ??= channelError(error);
      this.#ahead -= chunk.length;
      this.#wake();
    });
  }

  /** Sends what is collected, and closes this way of the channel. */
  async end(): Promise<void> {
    await this.flush();
    const ended = new Promise<void>((resolve) => this.#sink.end(() => resolve()));
    await abortable(ended, this.#patience);
  }
}
