import { StreamWriter } from "../wire/stream-writer.js";
import { abortable, type Patience } from "./abortable.js";
import type { ByteSink } from "./byte-channel.js";
import { channelError } from "./migration-error.js";

/** The bytes that are collected before they are sent (QEMU migration/qemu-file.c: some 128 KiB). */
const FULL = 128 * 1024;

/** What goes out on a channel: written into `writer`, sent by `flush`, which waits for the peer. */
export class ChannelOutput {
  readonly writer = new StreamWriter(2 * FULL);
  readonly #sink: ByteSink;
  readonly #patience: Patience;
  #sent = 0;

  constructor(sink: ByteSink, patience: Patience) {
    this.#sink = sink;
    this.#patience = patience;
  }

  /** Bytes sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Whether so much is collected that it should be sent. */
  get isFull(): boolean {
    return this.writer.length >= FULL;
  }

  /** Sends what is collected, and waits until more may come; throws if the channel fails. */
  async flush(): Promise<void> {
    this.#patience.signal.throwIfAborted();
    if (this.writer.length === 0) return;
    const chunk = this.writer.take();
    this.#sent += chunk.length;
    const written = new Promise<void>((resolve, reject) => {
      this.#sink.write(chunk, (error) => (error ? reject(channelError(error)) : resolve()));
    });
    await abortable(written, this.#patience);
  }

  /** Sends what is collected, and closes this way of the channel. */
  async end(): Promise<void> {
    await this.flush();
    const ended = new Promise<void>((resolve) => this.#sink.end(() => resolve()));
    await abortable(ended, this.#patience);
  }
}
