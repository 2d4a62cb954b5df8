import {
  trace_migrate_error,
  trace_migration_return_path_end_after,
  trace_migration_return_path_end_before,
  trace_postcopy_pause_continued,
  trace_qemu_file_fclose,
  trace_ram_dirty_bitmap_request,
  trace_ram_dirty_bitmap_sync_complete,
  trace_ram_dirty_bitmap_sync_start,
  trace_ram_dirty_bitmap_sync_wait,
  trace_ram_state_resume_prepare,
  trace_savevm_send_postcopy_resume,
  trace_savevm_send_recv_bitmap,
  trace_savevm_state_resume_prepare,
} from "../../../generated/migration.js";
import { abortable } from "./abortable.js";
import { streamOutput } from "./channel-output.js";
import { ConnectionLost, MigrationError } from "./migration-error.js";
import type { OutgoingConnection } from "./outgoing-connection.js";
import { ResumeAnswers } from "./resume-answers.js";
import type { ReturnPathListener } from "./return-path-listener.js";
import { openUrgentChannel } from "./source-postcopy.js";
import type { SourceRun } from "./source-run.js";
import { sendCommand } from "./source-setup.js";

/**
 * Whether what is left can go by another connection: the guest is the destination's, and this
 * connection was lost; or whatever went wrong while it was to go on by it.
 */
export function canPause({ handedOver, control, state }: SourceRun, reason: Error): boolean {
  if (!handedOver || control.cancelled) return false;
  return reason instanceof ConnectionLost || state.status.startsWith("postcopy-recover");
}

/** Closes what is left of a connection that was lost (QEMU migration/migration.c: postcopy_pause). */
export async function pause(run: SourceRun, reason: Error): Promise<void> {
  trace_migrate_error(reason.message);
  trace_migration_return_path_end_before();
  run.connection.drop(reason);
  await run.returnPath?.ended();
  if (run.urgent) trace_qemu_file_fclose();
  trace_qemu_file_fclose();
  trace_migration_return_path_end_after();
  trace_qemu_file_fclose();
  run.state.set("postcopy-paused");
}

/** What a paused run is by another connection. */
export function resumedRun(
  paused: SourceRun,
  connection: OutgoingConnection,
  returnPath: ReturnPathListener,
): SourceRun {
  const { control } = connection;
  const output = streamOutput(connection.channel, control);
  paused.ram.goOn(output.writer);
  paused.stats.goOn(output);
  return { ...paused, connection, control, output, returnPath, urgent: undefined };
}

/**
 * Asks the destination which pages it has, and has it go on (QEMU migration/migration.c:
 * postcopy_do_resume). Throws `MigrationError` for an answer that is wrong.
 */
export async function recover(run: SourceRun): Promise<void> {
  const { returnPath, ram, output, state, control } = run;
  if (!returnPath) throw new MigrationError("postcopy without a return path");
  const answers = new ResumeAnswers(ram, () => state.set("postcopy-active"));
  returnPath.expectRequests(ram.queue);
  returnPath.expectAnswers(answers);
  trace_savevm_state_resume_prepare();
  trace_ram_dirty_bitmap_sync_start();
  for (const block of ram.blocks.names) {
    trace_savevm_send_recv_bitmap(block);
    sendCommand(output.writer, { name: "RECV_BITMAP", block });
    trace_ram_dirty_bitmap_request(block);
  }
  await output.flush();
  trace_ram_dirty_bitmap_sync_wait();
  await abortable(answers.bitmaps(), control);
  trace_ram_dirty_bitmap_sync_complete();
  trace_ram_state_resume_prepare(ram.blocks.dirtyPages);
  await openUrgentChannel(run);
  trace_savevm_send_postcopy_resume();
  sendCommand(output.writer, { name: "POSTCOPY_RESUME" });
  const acknowledged = answers.acknowledgement();
  await output.flush();
  await abortable(acknowledged, control);
  trace_postcopy_pause_continued();
}
