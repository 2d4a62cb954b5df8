import {
  trace_postcopy_preempt_new_channel,
  trace_postcopy_preempt_send_host_page,
} from "../../../generated/migration.js";
import { RamRecordWriter } from "../wire/ram-record-writer.js";
import type { ByteSink } from "./byte-channel.js";
import { type ChannelOutput, streamOutput } from "./channel-output.js";
import type { PreemptOptions } from "./migration-options.js";
import type { OutgoingConnection } from "./outgoing-connection.js";
import type { RamSource } from "./ram-source.js";

/**
 * The channel for pages that the destination asks for, which so need not wait behind others
 * (capability postcopy-preempt; QEMU migration/postcopy-ram.c).
 */
export class UrgentChannel {
  readonly #ram: RamSource;
  readonly #sink: ByteSink;
  readonly #output: ChannelOutput;
  readonly #records: RamRecordWriter;

  /** Whether all pages have gone, by whatever channel. */
  #ended = false;

  private constructor(ram: RamSource, sink: ByteSink, { control }: OutgoingConnection) {
    this.#ram = ram;
    this.#sink = sink;
    this.#output = streamOutput(sink, control);
    this.#records = new RamRecordWriter(this.#output.writer);
    control.watch(sink, () => !this.#ended);
  }

  /** Opens it; from then on pages that are asked for go by it. */
  static async open(
    { connect }: PreemptOptions,
    connection: OutgoingConnection,
    ram: RamSource,
  ): Promise<UrgentChannel> {
    const sink = await connection.open(connect);
    trace_postcopy_preempt_new_channel();
    const channel = new UrgentChannel(ram, sink, connection);
    ram.queue.divert((block, page) => channel.#send(block, page));
    return channel;
  }

  /** Bytes sent so far. */
  get sent(): number {
    return this.#output.sent;
  }

  /**
   * All pages have gone: from here on the destination closes it when it likes. Nothing is written to
   * tell it so, as QEMU does for machine types up to 7.1 only (migration/migration.c:
   * migration_completion_postcopy).
   */
  end(): void {
    this.#ended = true;
  }

  /** Closes it at once, as it is not needed any more. */
  close(): void {
    this.#sink.destroy();
  }

  /** A page goes once: it may have gone by the other channel by now. */
  async #send(block: string, page: number): Promise<void> {
    trace_postcopy_preempt_send_host_page(block, page);
    if (this.#ram.writeRequested(block, page, this.#records)) await this.#output.flush();
  }
}
