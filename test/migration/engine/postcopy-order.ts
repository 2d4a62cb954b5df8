/**
 * The order of events in postcopy, thread by thread, with the numbers of pages, requests, blocks and
 * devices set aside. A log does not tell the thread: what an event is of, and with which values, does.
 */
import { DESTINATION_RULES, type Rule, reduced, SOURCE_RULES } from "./trace-order.js";

/** What the return path thread traces, or does for it. */
const RETURN_PATH =
  /^(source_return_path_thread_|migrate_handle_rp_req_pages|ram_save_queue_pages|migrate_set_state new state postcopy-active)/;

const SOURCE_POSTCOPY_RULES: readonly Rule[] = [
  ...SOURCE_RULES,
  // Postcopy may be asked for at any time.
  ["(PENDING|PENDING_EXACT) (?=savevm_section_start savevm_section_end postcopy_start )", ""],
  [
    "(postcopy_discard_send_range )+qemu_savevm_send_postcopy_ram_discard savevm_command_send ",
    "DISCARD ",
  ],
  ["(DISCARD )*postcopy_discard_send_finish ", "BLOCK "],
  ["BLOCK (BLOCK )+", "BLOCK "],
  [
    "PENDING savevm_state_iterate (ASKED )?savevm_section_start " +
      "(ASKED |get_queued_page |get_queued_page_not_dirty )*savevm_section_end (ASKED )?",
    "REST ",
  ],
  // The bandwidth is measured every 100 ms, however long the rest takes.
  ["(migrate_transferred )?REST ((migrate_transferred )?REST )*(migrate_transferred )?", "REST "],
];

/** What a source traces from the migration's beginning on, but for its return path thread. */
export function sourcePostcopyOrder(lines: readonly string[]): string[] {
  const begin = lines.indexOf("migrate_set_state new state setup");
  const own = lines.slice(begin).filter((line) => !RETURN_PATH.test(line));
  const order = reduced(own.map(nameOf), SOURCE_POSTCOPY_RULES);
  return order.at(-1) === "ASKED" ? order.slice(0, -1) : order;
}

/** What the fault thread does for the guest; there is no file descriptor here that it could watch. */
const FAULTS =
  /^(postcopy_ram_fault_thread_(request|fds_core)|postcopy_page_req_add|migrate_send_rp_message [34]:|postcopy_ram_incoming_cleanup_closeuf)/;

/** What the thread that listens traces while the main one still loads the package. */
const LISTENING =
  /^(qemu_loadvm_state_section [0123]$|qemu_loadvm_state_section_partend|vmstate_load ram,|ram_load_|postcopy_p|vmstate_downtime_load type=iterable|postcopy_ram_listen_thread_|PING 0x4$)/;

const LISTENER_RULES: readonly Rule[] = [
  ["ram_load_postcopy_loop (postcopy_page_req_del )?postcopy_place_page(_zero)? ", "PAGE "],
  ["(PAGE )*ram_load_postcopy_loop ram_load_complete ", "ram_load_complete "],
  ...DESTINATION_RULES,
];

const MAIN_RULES: readonly Rule[] = [
  ...DESTINATION_RULES,
  ["postcopy_init_range ram_discard_range ram_block_discard_range ", "INIT "],
  ["INIT (INIT )+", "INIT "],
  ["(ram_discard_range ram_block_discard_range )+", "DISCARD "],
  ["(postcopy_nhp_range )+", "NHP "],
  ["(postcopy_cleanup_range )+", "CLEANUP "],
  [
    "loadvm_postcopy_ram_handle_discard loadvm_postcopy_ram_handle_discard_header DISCARD " +
      "loadvm_postcopy_ram_handle_discard_end qemu_loadvm_state_section_command " +
      "qemu_loadvm_state_section loadvm_process_command (?=loadvm_postcopy_ram_handle_discard )",
    "",
  ],
  [
    "loadvm_postcopy_ram_handle_discard NHP loadvm_postcopy_ram_handle_discard_header DISCARD " +
      "loadvm_postcopy_ram_handle_discard_end (qemu_loadvm_state_section_command qemu_loadvm_state_section " +
      "loadvm_process_command loadvm_postcopy_ram_handle_discard loadvm_postcopy_ram_handle_discard_header DISCARD " +
      "loadvm_postcopy_ram_handle_discard_end )*",
    "DISCARDS ",
  ],
];

/** What a destination's main thread and its listening one trace, up to the closing of the channel. */
export function destinationPostcopyOrder(lines: readonly string[]): {
  readonly main: string[];
  readonly listener: string[];
} {
  const end = lines.findLastIndex((line) => line.startsWith("qemu_file_fclose"));
  const own = withPings(lines.slice(0, end + 1)).filter((line) => !FAULTS.test(line));
  const split = own.indexOf("loadvm_postcopy_handle_listen return");
  const [before, after] = [own.slice(0, split), own.slice(split)];
  const isListening = (line: string) => LISTENING.test(line);
  const main = [...before, ...after.filter((line) => !isListening(line))];
  return {
    main: reduced(main.map(nameOf), MAIN_RULES),
    listener: reduced(after.filter(isListening).map(nameOf), LISTENER_RULES),
  };
}

/** The lines of a PING as one, by which its value tells who took it. */
function withPings(lines: readonly string[]): string[] {
  return lines
    .join("\n")
    .replaceAll(
      /qemu_loadvm_state_section 8\nloadvm_process_command com=PING len=4\nloadvm_process_command_ping (.*)\nmigrate_send_rp_message 2: len 4\nqemu_loadvm_state_section_command 0/g,
      "PING $1",
    )
    .split("\n");
}

function nameOf(line: string): string {
  return line.split(" ", 1)[0]!;
}
