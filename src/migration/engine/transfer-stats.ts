import { trace_migration_transferred_bytes } from "../../../generated/migration.js";
import type { ChannelOutput } from "./channel-output.js";

/** How many bytes have gone; asking is traced, as in QEMU (migration/migration-stats.c). */
export class TransferStats {
  readonly #output: ChannelOutput;

  constructor(output: ChannelOutput) {
    this.#output = output;
  }

  /** Bytes sent so far, on all channels. */
  transferred(): number {
    const { sent } = this.#output;
    trace_migration_transferred_bytes(sent, 0, 0);
    return sent;
  }
}
