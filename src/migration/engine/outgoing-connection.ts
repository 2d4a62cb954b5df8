import { abortable } from "./abortable.js";
import type { ByteChannel, ByteSink } from "./byte-channel.js";
import { RunControl } from "./run-control.js";

/** How long a source waits for its destination, and who may end it. */
export interface OutgoingPatience {
  readonly signal: AbortSignal;
  readonly stallTimeout?: number | undefined;
}

/** What a source sends by: the main channel, and further ones that it opens beside it. */
export class OutgoingConnection {
  readonly channel: ByteSink | ByteChannel;
  readonly control: RunControl;
  readonly #further: ByteSink[] = [];

  constructor(channel: ByteSink | ByteChannel, { signal, stallTimeout }: OutgoingPatience) {
    this.channel = channel;
    this.control = new RunControl(channel, signal, stallTimeout);
    this.control.watch(channel);
  }

  /** Opens one more channel, which is to be watched by who uses it. Throws if that fails, or the run ends before. */
  async open(connect: () => ByteSink | Promise<ByteSink>): Promise<ByteSink> {
    const connecting = Promise.resolve(connect());
    const sink = await abortable(connecting, this.control).catch((error: unknown) => {
      // One that comes too late is wanted no more.
      connecting.then((late) => late.destroy()).catch(() => {});
      throw error;
    });
    this.#further.push(sink);
    return sink;
  }

  /** Ends all that goes on by it, and closes all channels at once. */
  drop(reason: Error): void {
    this.control.fail(reason);
    for (const sink of [this.channel, ...this.#further]) sink.destroy();
  }
}
