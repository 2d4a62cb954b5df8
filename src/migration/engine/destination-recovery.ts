import {
  trace_loadvm_handle_recv_bitmap,
  trace_loadvm_postcopy_handle_resume,
  trace_migrate_send_rp_recv_bitmap,
  trace_postcopy_pause_incoming,
  trace_postcopy_pause_incoming_continued,
  trace_qemu_file_fclose,
} from "../../../generated/migration.js";
import { RESUME_ACK } from "../wire/return-path.js";
import { abortable, settlesWithin } from "./abortable.js";
import { sendMessage } from "./destination-return-path.js";
import type { DestinationRun } from "./destination-run.js";
import type { OpenChannel } from "./further-channels.js";
import { IncomingConnection } from "./incoming-connection.js";
import { ConnectionLost, MigrationError } from "./migration-error.js";
import type { MigrationDestinationOptions } from "./migration-options.js";

const NEVER = new AbortController().signal;

/** Bytes of a bitmap's length in the return path. */
const LENGTH_SIZE = 8;

/**
 * Whether a guest that runs here already can wait for another connection: if this one was lost, or
 * whatever went wrong while it was to go on by it, as nothing has changed by then.
 */
export function canPause({ postcopy, state, connection }: DestinationRun, reason: Error): boolean {
  if (postcopy !== "running" || connection.control.cancelled) return false;
  return reason instanceof ConnectionLost || state.status === "postcopy-recover";
}

/**
 * The connection was lost while the guest runs here: waits for another one (QEMU
 * migration/savevm.c: postcopy_pause_incoming). Throws `reason` if none can come, and
 * `MigrationError` if none has come in time.
 */
export async function pause(
  run: DestinationRun,
  reason: Error,
  options: MigrationDestinationOptions,
): Promise<void> {
  trace_postcopy_pause_incoming();
  run.connection.control.fail(reason);
  run.connection.control.release();
  run.connection.drop();
  trace_qemu_file_fclose();
  trace_qemu_file_fclose();
  run.channels.pause();
  run.state.set("postcopy-paused");
  run.pauses += 1;
  run.requests?.pause();
  options.onPaused?.(reason);
  const { channel, input } = await nextConnection(run, reason, options);
  run.connection = new IncomingConnection(channel, options, input);
  run.channels.goOn(run.connection.control);
  run.state.set("postcopy-recover");
  trace_postcopy_pause_incoming_continued();
}

async function nextConnection(
  { channels }: DestinationRun,
  reason: Error,
  { signal = NEVER, pauseTimeout }: MigrationDestinationOptions,
): Promise<OpenChannel> {
  const coming = channels.resumed();
  if (pauseTimeout !== undefined && !(await settlesWithin(coming, pauseTimeout, signal))) {
    const paused = `no source went on with it in ${pauseTimeout} ms`;
    throw new MigrationError(`${reason.message}; ${paused}`);
  }
  const resumed = await abortable(coming, { signal });
  if (!resumed) throw reason;
  return resumed;
}

/** RECV_BITMAP: tells which pages of a block are here (QEMU migration/ram.c: ramblock_recv_bitmap_send). */
export async function sendBitmap(run: DestinationRun, block: string): Promise<void> {
  const { state, connection, pages } = run;
  if (state.status !== "postcopy-recover") throw outOfPlace("RECV_BITMAP", run);
  const bitmap = pages.postcopy.missing.received(block);
  await sendMessage(connection.output!, { type: "RECV_BITMAP", block, bitmap });
  trace_migrate_send_rp_recv_bitmap(block, LENGTH_SIZE + bitmap.length);
  trace_loadvm_handle_recv_bitmap(block);
}

/** POSTCOPY_RESUME: the source knows what is missing, and sends it from here on. */
export async function resume(run: DestinationRun): Promise<void> {
  const { state, connection, requests, channels } = run;
  if (state.status !== "postcopy-recover") {
    // Not a failure (QEMU migration/savevm.c: loadvm_postcopy_handle_resume reports it and returns).
    return run.warn(`${outOfPlace("POSTCOPY_RESUME", run).message}: ignored`);
  }
  state.set("postcopy-active");
  trace_loadvm_postcopy_handle_resume();
  await sendMessage(connection.output!, { type: "RESUME_ACK", value: RESUME_ACK });
  await requests?.goOn(connection.output!);
  channels.traceUrgentContinued();
}

function outOfPlace(name: string, { state }: DestinationRun): MigrationError {
  return new MigrationError(`${name} out of place: the state is ${state.status}`);
}
