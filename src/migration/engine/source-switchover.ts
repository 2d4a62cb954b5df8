import {
  trace_migration_completion_vm_stop,
  trace_migration_precopy_complete,
  trace_migration_return_path_end_after,
  trace_migration_return_path_end_before,
  trace_migration_thread_low_pending,
  trace_qemu_file_fclose,
  trace_ram_save_complete,
  trace_savevm_section_end,
  trace_savevm_section_start,
  trace_savevm_send_switchover_start,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import type { VmDevice, VmState } from "../wire/vm-description.js";
import { PAGE_SIZE } from "./guest-ram.js";
import { saveFull, traceDowntime } from "./section-saver.js";
import { flushAll, ramEntry, type SourceRun } from "./source-run.js";
import { sendCommand } from "./source-setup.js";

/**
 * Stops the guest and sends all that is left; comes back when the destination has it, as far as it
 * answers (QEMU migration/migration.c: migration_completion).
 */
export async function switchOver(
  run: SourceRun,
  pending: number,
  configuration: VmState,
): Promise<void> {
  trace_migration_thread_low_pending(pending);
  trace_vmstate_downtime_checkpoint("src-downtime-start");
  stopGuest(run);
  await beginSwitchover(run);
  await sendEnd(run);
  await sendDevices(run, configuration);
  await endReturnPath(run);
}

/** The guest stands still: waits for the user if that is wanted, then says SWITCHOVER_START. */
export async function beginSwitchover(run: SourceRun): Promise<void> {
  if (run.pauseBeforeSwitchover) {
    run.state.set("pre-switchover");
    await run.signals.continued(run.control);
  }
  run.state.set("device");
  trace_migration_precopy_complete();
  if (!run.sendSwitchoverStart) return;
  trace_savevm_send_switchover_start();
  sendCommand(run.output.writer, { name: "SWITCHOVER_START" });
  await run.output.flush();
}

/** Stops the guest and keeps in mind what it was doing. */
export function stopGuest({ machine, globalState }: SourceRun): void {
  globalState.runState = machine.runState;
  machine.setRunState("finish-migrate");
  trace_vmstate_downtime_checkpoint("src-vm-stopped");
  trace_migration_completion_vm_stop(0);
}

/** RAM's END: a last sync, then every page that is dirty, whatever the bandwidth. */
async function sendEnd(run: SourceRun): Promise<void> {
  const { ram, output } = run;
  const entry = ramEntry(run);
  const begin = performance.now();
  trace_savevm_section_start(entry.idstr, entry.sectionId);
  output.writer.sectionHead({ type: "section-end", ...entry });
  trace_ram_save_complete(ram.blocks.dirtyPages, 0);
  ram.sync();
  ram.beginSection();
  while (ram.writeNextPage(true)) {
    if (output.isFull || ram.isFull) await flushAll(run);
  }
  ram.endOfSection(true);
  trace_ram_save_complete(ram.blocks.dirtyPages, 1);
  trace_savevm_section_end(entry.idstr, entry.sectionId, 0);
  output.writer.footer(entry.sectionId);
  await flushAll(run);
  traceDowntime("iterable", entry, begin);
  trace_vmstate_downtime_checkpoint("src-iterable-saved");
}

async function sendDevices(run: SourceRun, configuration: VmState): Promise<void> {
  const { writer } = run.output;
  const devices: VmDevice[] = [];
  for (const entry of run.entries) {
    const saved = saveFull(writer, entry);
    if (saved) devices.push(saved);
    if (run.output.isFull) await run.output.flush();
  }
  writer.eof().vmDescription({ configuration, pageSize: PAGE_SIZE, devices });
  trace_vmstate_downtime_checkpoint("src-non-iterable-saved");
  await run.output.flush();
}

/** Waits until the destination has said that it has all. */
export async function endReturnPath({ returnPath, urgent }: SourceRun): Promise<void> {
  if (!returnPath) return;
  trace_migration_return_path_end_before();
  await returnPath.finished();
  trace_qemu_file_fclose();
  if (urgent) trace_qemu_file_fclose();
  trace_migration_return_path_end_after();
}
