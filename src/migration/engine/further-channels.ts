import {
  trace_multifd_recv_terminate_threads,
  trace_postcopy_preempt_new_channel,
  trace_postcopy_preempt_thread_entry,
  trace_postcopy_preempt_thread_exit,
} from "../../../generated/migration.js";
import { CHANNEL_KIND_HEAD, channelKind } from "../wire/channel-kind.js";
import { HELLO_SIZE } from "../wire/multifd-packet.js";
import { RamChannelReader } from "../wire/ram-channel-reader.js";
import { abortable, type Patience } from "./abortable.js";
import { type ByteSource, isChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import { IncomingMultifd } from "./incoming-multifd.js";
import type { IncomingPages } from "./incoming-pages.js";
import { MigrationError } from "./migration-error.js";
import { PostcopyChannel, PostcopyRecords } from "./postcopy-records.js";
import type { RunControl } from "./run-control.js";

/** The connections of a migration beside its main channel: multifd's, and postcopy's for urgent pages. */
export class FurtherChannels {
  readonly #pages: IncomingPages;
  readonly #control: RunControl;
  readonly #open = new Set<{ readonly channel: ByteSource; readonly input: ChannelInput }>();
  readonly #multifd: IncomingMultifd[] = [];
  #wake: () => void = () => {};
  #count = 0;
  #closed = false;
  /** Whether no more connections can come. */
  #complete = true;

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
    this.#complete = false;
    try {
      for await (const channel of channels) {
        if (this.#closed) drop(channel);
        else void this.#serve(channel);
      }
    } catch (error) {
      this.#control.fail(error);
    }
    this.#complete = true;
    this.#wake();
  }

  /** Waits until multifd's channels have come as far as the main channel has. */
  async settled(): Promise<void> {
    while (!this.#isSettled()) {
      const moved = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await abortable(moved, this.#control);
    }
  }

  /** Closes all of them. */
  close(): void {
    this.#closed = true;
    if (this.#pages.usesMultifd) {
      trace_multifd_recv_terminate_threads(this.#control.signal.aborted);
    }
    for (const channel of this.#multifd) channel.end();
    for (const { channel, input } of this.#open) {
      input.close();
      drop(channel);
    }
  }

  #isSettled(): boolean {
    const { syncs, usesMultifd, hasAllPackets } = this.#pages;
    if (!usesMultifd) return true;
    if (!this.#multifd.every((channel) => channel.syncs >= syncs)) return false;
    return this.#complete || hasAllPackets;
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
    const patience = { signal: this.#control.signal };
    const head = await readAtLeast(input, CHANNEL_KIND_HEAD, patience);
    if (!head) return;
    const kind = channelKind(head);
    if (kind === "main") throw new MigrationError("a second main channel was opened");
    this.#count += 1;
    if (kind === "other") return await this.#readUrgent(head, input);
    const channel = new IncomingMultifd(this.#pages, () => this.#wake());
    this.#multifd.push(channel);
    const hello = await readAtLeast(input, HELLO_SIZE, patience, head);
    if (hello) await channel.read(hello, input, patience);
  }

  async #readUrgent(first: Uint8Array, input: ChannelInput): Promise<void> {
    trace_postcopy_preempt_new_channel();
    await this.#pages.listed({ signal: this.#control.signal });
    trace_postcopy_preempt_thread_entry();
    const records = new PostcopyRecords(PostcopyChannel.urgent);
    const sink = this.#pages.urgentSink(records);
    const reader = new RamChannelReader(this.#pages.blocks, this.#pages.pageBytes, sink);
    for (let chunk: Uint8Array | undefined = first; chunk; ) {
      reader.append(chunk);
      if (reader.next()) records.eos();
      await this.#pages.changed();
      chunk = await input.read({ signal: this.#control.signal });
    }
    trace_postcopy_preempt_thread_exit();
  }
}

/** So many bytes, or more if they came with them; `undefined` if the channel ends before. */
async function readAtLeast(
  input: ChannelInput,
  length: number,
  patience: Patience,
  begun: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array | undefined> {
  let head = begun;
  while (head.length < length) {
    const chunk = await input.read(patience);
    if (!chunk) return undefined;
    head = head.length === 0 ? chunk : joined(head, chunk);
  }
  return head;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function drop(channel: ByteSource): void {
  if (isChannel(channel)) channel.destroy();
}
