import {
  trace_multifd_send_fill,
  trace_multifd_send_ram_fill,
  trace_multifd_send_sync_main,
  trace_multifd_send_sync_main_signal,
  trace_multifd_send_sync_main_wait,
  trace_multifd_send_terminate_threads,
  trace_multifd_send_thread_end,
  trace_multifd_send_thread_start,
} from "../../../generated/migration.js";
import { MULTIFD_PACKET_SIZE, MultifdFlag } from "../wire/multifd-packet.js";
import { MultifdWriter } from "../wire/multifd-writer.js";
import type { Patience } from "./abortable.js";
import type { ByteSink } from "./byte-channel.js";
import { ChannelOutput } from "./channel-output.js";
import { PAGE_SIZE, type RamBlock } from "./guest-ram.js";

/** Pages that a packet has room for. */
const ROOM = MULTIFD_PACKET_SIZE / PAGE_SIZE;
const NO_UUID = "0".repeat(32);

interface Channel {
  readonly output: ChannelOutput<MultifdWriter>;
  packets: number;
}

/** Sends pages by channels of their own, a packet by each in turn (QEMU migration/multifd.c). */
export class MultifdSource {
  readonly #channels: readonly Channel[];
  readonly #normal: number[] = [];
  readonly #zero: number[] = [];
  #block: RamBlock | undefined;
  #next = 0;
  #packetNumber = 0n;

  /** Greets on each of the connections. */
  constructor(sinks: readonly ByteSink[], patience: Patience) {
    this.#channels = sinks.map((sink, channel) => {
      const output = new ChannelOutput(
        sink,
        patience,
        new MultifdWriter(PAGE_SIZE, 2 * MULTIFD_PACKET_SIZE),
      );
      output.writer.hello({ uuid: NO_UUID, channel });
      trace_multifd_send_thread_start(channel);
      return { output, packets: 0 };
    });
  }

  /** Bytes sent so far. */
  get sent(): number {
    return this.#channels.reduce((sum, { output }) => sum + output.sent, 0);
  }

  /** Bytes of these that the channels have not taken yet. */
  get ahead(): number {
    return this.#channels.reduce((sum, { output }) => sum + output.ahead, 0);
  }

  /** Whether so much is collected that it should be sent. */
  get isFull(): boolean {
    return this.#channels.some(({ output }) => output.isFull);
  }

  /** Takes a page as it is now. */
  page(block: RamBlock, page: number, isZero: boolean): void {
    if (block !== this.#block) this.#pack();
    this.#block = block;
    (isZero ? this.#zero : this.#normal).push(page * PAGE_SIZE);
    if (this.#normal.length + this.#zero.length === ROOM) this.#pack();
  }

  /** Ends what is collected with a sync point on each channel. */
  sync(): void {
    this.#pack();
    for (const [id, channel] of this.#channels.entries()) {
      trace_multifd_send_sync_main_signal(id);
      trace_multifd_send_fill(id, this.#packetNumber, MultifdFlag.sync, 0);
      channel.output.writer.sync(this.#packetNumber);
      channel.packets += 1;
      this.#packetNumber += 1n;
    }
    // Its channels write at once, so nothing is left to be waited for.
    for (const id of this.#channels.keys()) trace_multifd_send_sync_main_wait(id);
    trace_multifd_send_sync_main(this.#packetNumber);
  }

  /** Sends what is collected, on all channels at once. */
  async flush(): Promise<void> {
    await Promise.all(this.#channels.map(({ output }) => output.flush()));
  }

  /** Sends all pages that it was given, and waits until the channels have taken them. */
  async drain(): Promise<void> {
    this.#pack();
    await Promise.all(this.#channels.map(({ output }) => output.drain()));
  }

  /** Sends all and closes the channels. */
  async end(): Promise<void> {
    trace_multifd_send_terminate_threads();
    await Promise.all(this.#channels.map(({ output }) => output.end()));
    for (const [id, { packets }] of this.#channels.entries()) {
      trace_multifd_send_thread_end(id, BigInt(packets));
    }
  }

  #pack(): void {
    const block = this.#block;
    if (!block || this.#normal.length + this.#zero.length === 0) return;
    const id = this.#next;
    const channel = this.#channels[id]!;
    this.#next = (id + 1) % this.#channels.length;
    const [normal, zero] = [this.#normal.splice(0), this.#zero.splice(0)];
    const payload = new Uint8Array(normal.length * PAGE_SIZE);
    for (const [index, address] of normal.entries()) {
      payload.set(block.page(address / PAGE_SIZE), index * PAGE_SIZE);
    }
    trace_multifd_send_ram_fill(id, normal.length, zero.length);
    trace_multifd_send_fill(id, this.#packetNumber, 0, payload.length);
    const packet = {
      flags: 0,
      allocated: ROOM,
      packetNumber: this.#packetNumber,
      block: block.name,
      normal,
      zero,
    };
    channel.output.writer.pages(packet, payload);
    channel.packets += 1;
    this.#packetNumber += 1n;
  }
}
