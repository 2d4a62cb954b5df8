import {
  trace_multifd_recv_new_channel,
  trace_multifd_recv_thread_end,
  trace_multifd_recv_thread_start,
} from "../../../generated/migration.js";
import { CHANNEL_KIND_HEAD, channelKind } from "../wire/channel-kind.js";
import { MultifdChannelPages } from "../wire/multifd-pages.js";
import { RamChannelReader } from "../wire/ram-channel-reader.js";
import { type ByteSource, isChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import type { IncomingPages } from "./incoming-pages.js";
import { MigrationError } from "./migration-error.js";
import type { RunControl } from "./run-control.js";

/** The connections of a migration beside its main channel: multifd's, and postcopy's for urgent pages. */
export class FurtherChannels {
  readonly #pages: IncomingPages;
  readonly #control: RunControl;
  readonly #open = new Set<{ readonly channel: ByteSource; readonly input: ChannelInput }>();
  readonly #synced: { syncs: number }[] = [];
  #wake: () => void = () => {};
  #count = 0;
  #closed = false;

  constructor(pages: IncomingPages, control: RunControl) {
    this.#pages = pages;
    this.#control = control;
  }

  /** How many channels brought something. */
  get count(): number {
    return this.#count;
  }

  /** Takes connections until there are no more of them; what fails in one of them fails the run. */
  async take(channels: AsyncIterable<ByteSource>): Promise<void> {
    try {
      for await (const channel of channels) {
        if (this.#closed) drop(channel);
        else void this.#serve(channel);
      }
    } catch (error) {
      this.#control.fail(error);
    }
  }

  /** Waits until multifd's channels have come as far as the main channel has. */
  async settled(): Promise<void> {
    while (!this.#isSettled()) {
      this.#control.check();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#control.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  /** Closes all of them. */
  close(): void {
    this.#closed = true;
    for (const { channel, input } of this.#open) {
      input.close();
      drop(channel);
    }
  }

  #isSettled(): boolean {
    const { syncs } = this.#pages;
    if (!this.#pages.usesMultifd) return true;
    return this.#synced.length > 0 && this.#synced.every((channel) => channel.syncs >= syncs);
  }

  async #serve(channel: ByteSource): Promise<void> {
    if (isChannel(channel)) channel.on("error", () => {});
    const input = new ChannelInput(channel);
    const open = { channel, input };
    this.#open.add(open);
    try {
      await this.#read(input);
    } catch (error) {
      if (!this.#closed) this.#control.fail(error);
    }
    this.#wake();
  }

  /** A channel may keep silent as long as it likes; whether all is there, the main channel tells. */
  async #read(input: ChannelInput): Promise<void> {
    const head: Uint8Array[] = [];
    for (let length = 0; length < CHANNEL_KIND_HEAD; length += head.at(-1)!.length) {
      const chunk = await input.read({ signal: this.#control.signal });
      if (!chunk) return;
      head.push(chunk);
    }
    const first = joined(head);
    const kind = channelKind(first);
    if (kind === "main") throw new MigrationError("a second main channel was opened");
    this.#count += 1;
    if (kind === "multifd") await this.#readMultifd(this.#count - 1, first, input);
    else await this.#readUrgent(first, input);
  }

  async #readMultifd(id: number, first: Uint8Array, input: ChannelInput): Promise<void> {
    const state = { syncs: 0, packets: 0n };
    this.#synced.push(state);
    this.#pages.usesMultifd = true;
    trace_multifd_recv_new_channel(id);
    trace_multifd_recv_thread_start(id);
    // The channels may be faster than the main one, whose block list they are of.
    await this.#pages.listed({ signal: this.#control.signal });
    const sink = this.#pages.sinkOf(state);
    const reader = new MultifdChannelPages(
      undefined,
      this.#pages.blocks,
      sink,
      this.#pages.pageBytes,
    );
    for (let chunk: Uint8Array | undefined = first; chunk; ) {
      reader.append(chunk);
      while (reader.step()) {
        state.syncs += 1;
        this.#wake();
      }
      chunk = await input.read({ signal: this.#control.signal });
    }
    reader.end();
    if (reader.step()) state.syncs += 1;
    trace_multifd_recv_thread_end(id, BigInt(reader.packets));
  }

  async #readUrgent(first: Uint8Array, input: ChannelInput): Promise<void> {
    await this.#pages.listed({ signal: this.#control.signal });
    const reader = new RamChannelReader(this.#pages.blocks, this.#pages.pageBytes, this.#pages);
    for (let chunk: Uint8Array | undefined = first; chunk; ) {
      reader.append(chunk);
      reader.next();
      await this.#pages.changed();
      chunk = await input.read({ signal: this.#control.signal });
    }
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function drop(channel: ByteSource): void {
  if (isChannel(channel)) channel.destroy();
}
