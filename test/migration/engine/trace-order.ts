/**
 * The order of events with the numbers of devices, fields, pages and rounds set aside: sequences
 * that may stand any number of times become one word. What cannot be told so stays as it is, so an
 * event out of its place shows up in the comparison.
 */

/**
 * Events of the real traces that the engine has no occasion for: sockets, files, block devices, CPR,
 * XBZRLE's cache, and QEMU's last act, which cancels whatever may still migrate.
 */
const SET_ASIDE = new Set([
  "migration_block_activation",
  "cpr_state_save",
  "migration_pagecache_init",
  "migration_socket_outgoing_connected",
  "migration_file_outgoing",
  "migration_set_outgoing_channel",
  "migration_socket_incoming_accepted",
  "migration_file_incoming",
  "migration_set_incoming_channel",
  "migration_cancel",
]);

export type Rule = readonly [pattern: string, word: string];

/** Applied in order, each until it changes nothing more; a blank in a pattern stands for one. */
export const SOURCE_RULES: readonly Rule[] = [
  // Asking for the bytes sent, page by page; a piece of the dirty log is cleared among them.
  ["(migration_transferred_bytes |migration_bitmap_clear_dirty )+", "ASKED "],
  // Asked by a query-migrate that came in between.
  ["(?<=migration_rate_limit_pre |migration_bitmap_sync_start )ASKED ", ""],
  // A vmstate with its structs; or one with a subsection behind.
  [
    "(vmstate_save_state_top (migrate_global_state_pre_save )?" +
      "(vmstate_save_state_pre_save_res )?" +
      "(vmstate_field_exists |vmstate_save_state_loop |STATE )*vmstate_subsection_save_top " +
      "|STATE (vmstate_subsection_save_loop STATE )+)",
    "STATE ",
  ],
  ["savevm_section_start vmstate_save STATE savevm_section_end vmstate_downtime_save ", "DEVICE "],
  ["savevm_section_skip vmstate_downtime_save ", "DEVICE "],
  // Entries without a FULL section, such as RAM, are asked for the time they took all the same.
  ["DEVICE (vmstate_downtime_save )+", "DEVICE "],
  ["(vmstate_downtime_save )+DEVICE ", "DEVICE "],
  ["DEVICE (DEVICE )+", "DEVICE "],
  ["migration_bitmap_sync_start migration_bitmap_sync_end (ASKED )?", "SYNC "],
  ["migrate_pending_estimate SYNC migrate_pending_exact ", "PENDING_EXACT "],
  ["migrate_pending_estimate ", "PENDING "],
  ["savevm_state_iterate ASKED savevm_section_start ASKED savevm_section_end ", "PART "],
  [
    "(PENDING|PENDING_EXACT) PART " +
      "(ASKED |migration_rate_limit_pre migration_rate_limit_post |migrate_transferred ASKED )+",
    "ROUND ",
  ],
  ["ROUND (ROUND )+", "ROUND "],
  // The last look is exact only if the migration was long enough for a bandwidth to be measured.
  ["(PENDING|PENDING_EXACT) (?=migration_thread_low_pending )", "LAST_LOOK "],
  // RAM's END; a dirty-bitmap entry is asked for its time, too.
  [
    "savevm_section_end vmstate_downtime_save (vmstate_downtime_save )+",
    "savevm_section_end vmstate_downtime_save ",
  ],
];

export const DESTINATION_RULES: readonly Rule[] = [
  [
    "vmstate_load_state (vmstate_field_exists |vmstate_load_state_field |STATE )*" +
      "vmstate_subsection_load (STATE )*(vmstate_subsection_load_good |vmstate_subsection_load_bad )" +
      "(migrate_global_state_post_load )?vmstate_load_state_end ",
    "STATE ",
  ],
  [
    "qemu_loadvm_state_section qemu_loadvm_state_section_startfull vmstate_load STATE vmstate_downtime_load ",
    "DEVICE ",
  ],
  ["DEVICE (DEVICE )+", "DEVICE "],
  [
    "qemu_loadvm_state_section qemu_loadvm_state_section_partend vmstate_load ram_load_start ram_load_complete ",
    "PART ",
  ],
  ["PART (PART )+", "PART "],
];

/** What a source traces, but for its return path thread. */
export function sourceOrder(names: readonly string[]): string[] {
  const own = names.filter((name) => !name.startsWith("source_return_path_thread_"));
  const order = reduced(own, SOURCE_RULES);
  // Whoever asks QEMU for an account when all is over (query-migrate) makes it trace this once more.
  return order.at(-1) === "ASKED" ? order.slice(0, -1) : order;
}

/** What a source traces in its return path thread, which runs beside. */
export function returnPathOrder(names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith("source_return_path_thread_"));
}

/** What a destination traces, up to the closing of the channel: then QEMU may be shut down. */
export function destinationOrder(names: readonly string[]): string[] {
  return reduced(names.slice(0, names.lastIndexOf("qemu_file_fclose") + 1), DESTINATION_RULES);
}

/** Names without what has no place here, and with words in place of what may be there often. */
export function reduced(names: readonly string[], rules: readonly Rule[]): string[] {
  let text = names
    .filter((name) => !SET_ASIDE.has(name))
    .map((name) => `${name} `)
    .join("");
  for (const [pattern, word] of rules) text = untilStable(text, new RegExp(pattern, "g"), word);
  return text.trim().split(" ");
}

function untilStable(text: string, pattern: RegExp, word: string): string {
  for (let before = "", after = text; ; ) {
    before = after;
    after = before.replaceAll(pattern, word);
    if (after === before) return after;
  }
}
