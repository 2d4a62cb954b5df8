import { trace_migrate_set_state } from "../../../generated/migration.js";

/** States of a migration by QEMU's names (QEMU qapi/migration.json: MigrationStatus). */
export type MigrationStatus =
  | "none"
  | "setup"
  | "cancelling"
  | "cancelled"
  | "active"
  | "pre-switchover"
  | "postcopy-device"
  | "postcopy-active"
  | "postcopy-paused"
  | "postcopy-recover-setup"
  | "postcopy-recover"
  | "completed"
  | "failed"
  | "device";

/** The state that one end of a migration is in; every change is traced. */
export class MigrationState {
  #status: MigrationStatus = "none";

  get status(): MigrationStatus {
    return this.#status;
  }

  set(status: MigrationStatus): void {
    this.#status = status;
    trace_migrate_set_state(status);
  }
}
