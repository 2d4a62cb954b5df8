import { StreamWriter } from "../wire/stream-writer.js";
import { abortable, type Patience } from "./abortable.js";
import type { ByteSink } from "./byte-channel.js";
import { channelError } from "./migration-error.js";

/** The bytes that are collected before they are sent (QEMU migration/qemu-file.c: some 128 KiB). */
const FULL = 128 * 1024;

/** What is written into, and gives what was written. */
type Bytes = Pick<StreamWriter, "length" | "take">;

/** The output of a stream, or of a return path. */
export function streamOutput(sink: ByteSink, patience: Patience): ChannelOutput {
  return new ChannelOutput(sink, patience, new StreamWriter(2 * FULL));
}

/** What goes out on a channel: written into `writer`, sent by `flush`, which waits for the peer. */
export class ChannelOutput<W extends Bytes = StreamWriter> {
  readonly writer: W;
  readonly #sink: ByteSink;
  readonly #patience: Patience;
  #sent = 0;

  constructor(sink: ByteSink, patience: Patience, writer: W) {
    this.#sink = sink;
    this.#patience = patience;
    this.writer = writer;
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
