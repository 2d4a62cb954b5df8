import { trace_migration_transferred_bytes } from "../../../generated/migration.js";
import type { ChannelOutput } from "./channel-output.js";
import type { MappedRamSource } from "./mapped-ram-source.js";
import type { MultifdSource } from "./multifd-source.js";

/** How many bytes have gone; asking is traced, as in QEMU (migration/migration-stats.c). */
export class TransferStats {
  #output: ChannelOutput;
  /** What the stream goes by beside the main channel, or went by before it was lost. */
  readonly #others: { readonly sent: number }[] = [];
  readonly #multifd: MultifdSource | undefined;
  readonly #mappedRam: MappedRamSource | undefined;

  constructor(output: ChannelOutput, multifd?: MultifdSource, mappedRam?: MappedRamSource) {
    this.#output = output;
    this.#multifd = multifd;
    this.#mappedRam = mappedRam;
  }

  /** What is sent goes by another connection from now on. */
  goOn(output: ChannelOutput): void {
    this.add(this.#output);
    this.#output = output;
  }

  /** Counts what another channel sends, too. */
  add(channel: { readonly sent: number }): void {
    this.#others.push(channel);
  }

  /** Bytes sent so far, on all channels. */
  transferred(): number {
    const others = this.#others.reduce((sum, { sent }) => sum + sent, 0);
    const sent = this.#output.sent + others + (this.#mappedRam?.sent ?? 0);
    const multifd = this.#multifd?.sent ?? 0;
    trace_migration_transferred_bytes(sent, multifd, 0);
    return sent + multifd;
  }

  /** Bytes of these that the channels have not taken yet. */
  get ahead(): number {
    return this.#output.ahead + (this.#mappedRam?.ahead ?? 0) + (this.#multifd?.ahead ?? 0);
  }
}
