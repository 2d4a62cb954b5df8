/**
 * The events that the account is made of. Readers of large traces keep these and pass over the
 * rest; a simpletrace of one migration holds a thousand times as many others.
 */
export const relevantEvents: ReadonlySet<string> = new Set([
  "loadvm_process_command",
  "loadvm_process_command_ping",
  "migrate_pending_exact",
  "migrate_set_state",
  "migration_bitmap_sync_end",
  "migration_bitmap_sync_start",
  "migration_thread_setup_complete",
  "migration_transferred_bytes",
  "process_incoming_migration_co_end",
  "qemu_loadvm_state_section",
  "qemu_loadvm_state_section_command",
  "qemu_loadvm_state_section_partend",
  "qemu_loadvm_state_section_startfull",
  "ram_load_complete",
  "ram_load_start",
  "savevm_command_send",
  "savevm_section_end",
  "savevm_section_start",
  "savevm_state_header",
  "savevm_state_setup",
  "source_return_path_thread_pong",
  "source_return_path_thread_shut",
  "vm_state_notify",
  "vmstate_downtime_checkpoint",
  "vmstate_downtime_load",
  "vmstate_load",
  "vmstate_load_state",
  "vmstate_load_state_end",
]);
