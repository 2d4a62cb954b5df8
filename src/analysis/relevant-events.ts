/**
 * The events that the account is made of. Readers of large traces keep these and pass over the
 * rest; a simpletrace of one migration holds a thousand times as many others.
 */
export const relevantEvents: ReadonlySet<string> = new Set([
  "get_queued_page",
  "get_queued_page_not_dirty",
  "loadvm_process_command",
  "loadvm_process_command_ping",
  "migrate_error",
  "migrate_handle_rp_req_pages",
  "migrate_pending",
  "migrate_pending_exact",
  "migrate_set_state",
  "migration_bitmap_sync_end",
  "migration_bitmap_sync_start",
  "migration_completion_postcopy_end",
  "migration_file_incoming",
  "migration_file_outgoing",
  "migration_thread_setup_complete",
  "migration_transferred_bytes",
  "multifd_send_ram_fill",
  "postcopy_page_req_add",
  "postcopy_page_req_del",
  "postcopy_place_page",
  "postcopy_place_page_zero",
  "postcopy_preempt_send_host_page",
  "postcopy_ram_fault_thread_request",
  "process_incoming_migration_co_end",
  "qemu_loadvm_state_section",
  "qemu_loadvm_state_section_command",
  "qemu_loadvm_state_section_partend",
  "qemu_loadvm_state_section_startfull",
  "ram_load_complete",
  "ram_load_start",
  "qemu_savevm_query_pending",
  "savevm_command_send",
  "savevm_section_end",
  "savevm_section_start",
  "savevm_send_ping",
  "savevm_state_header",
  "savevm_state_iterate",
  "savevm_state_setup",
  "source_return_path_thread_pong",
  "source_return_path_thread_shut",
  "vm_state_notify",
  "vmstate_downtime_checkpoint",
  "vmstate_downtime_load",
  "vmstate_downtime_save",
  "vmstate_load",
  "vmstate_save",
  "vmstate_load_state",
  "vmstate_load_state_end",
  "vmstate_load_state_fail",
  "vmstate_load_state_success",
]);

/**
 * Those of which the account needs no string for certain: what a load ended with does not matter, and
 * a request without a block's name, "(null)" in a log, is for that of the one before.
 */
export const looselyReadEvents: ReadonlySet<string> = new Set([
  "migrate_handle_rp_req_pages",
  "vmstate_load_state_end",
]);
