import { trace_migration_transferred_bytes } from "../../../generated/migration.js";
import type { ChannelOutput } from "./channel-output.js";
import type { MappedRamSource } from "./mapped-ram-source.js";
import type { MultifdSource } from "./multifd-source.js";

/** How many bytes have gone; asking is traced, as in QEMU (migration/migration-stats.c). */
export class TransferStats {
  readonly #output: ChannelOutput;
  readonly #multifd: MultifdSource | undefined;
  readonly #mappedRam: MappedRamSource | undefined;

  constructor(output: ChannelOutput, multifd?: MultifdSource, mappedRam?: MappedRamSource) {
    this.#output = output;
    this.#multifd = multifd;
    this.#mappedRam = mappedRam;
  }

  /** Bytes sent so far, on all channels. */
  transferred(): number {
    const sent = this.#output.sent + (this.#mappedRam?.sent ?? 0);
    const multifd = this.#multifd?.sent ?? 0;
    trace_migration_transferred_bytes(sent, multifd, 0);
    return sent + multifd;
  }

  /** Bytes of these that the channels have not taken yet. */
  get ahead(): number {
    return this.#output.ahead + (this.#mappedRam?.ahead ?? 0) + (this.#multifd?.ahead ?? 0);
  }
}
