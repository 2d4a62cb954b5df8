import {
  trace_loadvm_handle_cmd_packaged_main,
  trace_loadvm_postcopy_handle_advise,
  trace_loadvm_postcopy_handle_listen,
  trace_loadvm_postcopy_handle_run,
  trace_loadvm_postcopy_ram_handle_discard,
  trace_loadvm_postcopy_ram_handle_discard_end,
  trace_loadvm_postcopy_ram_handle_discard_header,
  trace_postcopy_ram_enable_notify,
  trace_postcopy_ram_fault_thread_entry,
  trace_postcopy_ram_fault_thread_exit,
  trace_postcopy_ram_fault_thread_quit,
  trace_postcopy_ram_incoming_cleanup_blocktime,
  trace_postcopy_ram_incoming_cleanup_entry,
  trace_postcopy_ram_incoming_cleanup_exit,
  trace_postcopy_ram_incoming_cleanup_join,
  trace_postcopy_ram_listen_thread_exit,
  trace_postcopy_ram_listen_thread_start,
  trace_process_incoming_migration_co_end,
  trace_process_incoming_migration_co_postcopy_end_main,
  trace_qemu_file_fclose,
  trace_qemu_loadvm_state_post_main,
  trace_qemu_loadvm_state_section_command,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import type { Command } from "../wire/stream-item.js";
import type { DestinationRun } from "./destination-run.js";
import { MigrationError } from "./migration-error.js";
import { PageRequests } from "./page-requests.js";

/** What a destination's main thread returns once postcopy runs (QEMU migration/savevm.c: LOADVM_QUIT). */
const LOADVM_QUIT = 1;

/** Bytes of a pair of start and length in a discard; and of what stands before them, but the name. */
const PAIR_SIZE = 16;

/** POSTCOPY_ADVISE: pages may come after the guest; `pageSize` is the target's at the source. */
export function advise(run: DestinationRun, pageSize: number | undefined): void {
  trace_loadvm_postcopy_handle_advise();
  if (run.postcopy) throw new MigrationError("POSTCOPY_ADVISE comes a second time");
  const own = run.guest.pageSize;
  if (pageSize !== undefined && own !== undefined && pageSize !== own) {
    throw new MigrationError(`the source has pages of ${pageSize} bytes, here they are of ${own}`);
  }
  run.postcopy = "advised";
  run.pages.advisePostcopy(run.guest.blocks ?? []);
}

/** POSTCOPY_RAM_DISCARD: pages that came in precopy are out of date. */
export function discard(
  run: DestinationRun,
  { block, ranges }: Extract<Command, { name: "POSTCOPY_RAM_DISCARD" }>,
): void {
  trace_loadvm_postcopy_ram_handle_discard();
  if (run.postcopy !== "advised") throw outOfPlace("POSTCOPY_RAM_DISCARD", run);
  run.pages.postcopy.prepareDiscard();
  trace_loadvm_postcopy_ram_handle_discard_header(block, ranges.length * PAIR_SIZE);
  run.pages.postcopy.discard(block, ranges);
  trace_loadvm_postcopy_ram_handle_discard_end();
}

/** POSTCOPY_LISTEN: from here on pages are taken while the guest may already run. */
export function listen(run: DestinationRun): void {
  trace_loadvm_postcopy_handle_listen("enter");
  if (run.postcopy !== "advised") throw outOfPlace("POSTCOPY_LISTEN", run);
  const { output } = run.connection;
  if (!output || !run.returnPathOpen) throw new MigrationError("postcopy without a return path");
  run.pages.postcopy.prepareDiscard();
  trace_loadvm_postcopy_handle_listen("after discard");
  trace_postcopy_ram_fault_thread_entry();
  trace_postcopy_ram_enable_notify();
  trace_loadvm_postcopy_handle_listen("after uffd");
  const requests = new PageRequests(run.pages.postcopy, output);
  run.requests = requests;
  run.pages.listen(
    (block, address) => requests.arrived(block, address),
    () => requests.next(),
  );
  run.postcopy = "listening";
  run.state.set("postcopy-device");
  trace_loadvm_postcopy_handle_listen("return");
  trace_postcopy_ram_listen_thread_start();
}

/** POSTCOPY_RUN: the guest goes on here, its missing pages are asked for. */
export async function runHere(run: DestinationRun): Promise<void> {
  trace_loadvm_postcopy_handle_run();
  if (run.postcopy !== "listening") throw outOfPlace("POSTCOPY_RUN", run);
  run.postcopy = "running";
  run.channels.allowResume();
  run.state.set("postcopy-active");
  // RUN ends the package, and PACKAGED with it what the main thread reads.
  trace_qemu_loadvm_state_section_command(LOADVM_QUIT);
  trace_loadvm_handle_cmd_packaged_main(LOADVM_QUIT);
  trace_qemu_file_fclose();
  trace_qemu_loadvm_state_section_command(LOADVM_QUIT);
  trace_qemu_loadvm_state_post_main(LOADVM_QUIT);
  trace_vmstate_downtime_checkpoint("dst-precopy-loadvm-completed");
  trace_process_incoming_migration_co_end(LOADVM_QUIT);
  trace_process_incoming_migration_co_postcopy_end_main();
  trace_vmstate_downtime_checkpoint("dst-postcopy-bh-enter");
  trace_vmstate_downtime_checkpoint("dst-postcopy-bh-cpu-synced");
  trace_vmstate_downtime_checkpoint("dst-postcopy-bh-announced");
  trace_vmstate_downtime_checkpoint("dst-postcopy-bh-cache-invalidated");
  await run.guest.start();
  trace_vmstate_downtime_checkpoint("dst-postcopy-bh-vm-started");
  await run.requests?.start();
}

/** All pages have come. Throws `MigrationError` if some have not. */
export function endPostcopy({ pages, state, requests }: DestinationRun): void {
  const missing = pages.postcopy.missing.count;
  if (missing > 0) throw new MigrationError(`${missing} pages never came`);
  trace_postcopy_ram_listen_thread_exit();
  state.set("completed");
  trace_postcopy_ram_incoming_cleanup_entry();
  trace_postcopy_ram_fault_thread_quit();
  trace_postcopy_ram_fault_thread_exit();
  trace_postcopy_ram_incoming_cleanup_join();
  pages.postcopy.cleanUp();
  trace_postcopy_ram_incoming_cleanup_blocktime(Math.round(requests?.outcome.waited ?? 0));
  trace_postcopy_ram_incoming_cleanup_exit();
}

function outOfPlace(name: string, { postcopy }: DestinationRun): MigrationError {
  return new MigrationError(`${name} out of place: postcopy is ${postcopy ?? "not advised"}`);
}
