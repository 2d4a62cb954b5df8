import type { EventRecord } from "../traces/record.js";
import { numberArgument } from "./mark.js";

/** Finds how many bytes were still to be sent when the source had just synced its dirty bitmap. */
export class PendingBytes {
  /** Whether nothing came between the sync and now. */
  #synced = false;

  /** Takes the next event of the source; gives the bytes if it tells them, counted by a sync. */
  take(record: EventRecord): number | undefined {
    switch (record.name) {
      case "migrate_pending_exact":
        return numberArgument(record, "size");
      // QEMU 11.1.
      case "qemu_savevm_query_pending":
        return numberArgument(record, "exact") === 1 ? numberArgument(record, "total") : undefined;
      // QEMU up to 8.0 syncs, before it tells, only where little is left; setup's sync is not meant.
      case "migrate_pending":
        return this.#synced ? numberArgument(record, "size") : undefined;
      case "migration_bitmap_sync_end":
        this.#synced = true;
        break;
      case "migration_thread_setup_complete":
      case "savevm_state_iterate":
        this.#synced = false;
    }
    return undefined;
  }
}
