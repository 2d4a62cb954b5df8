import {
  trace_migrate_pending_estimate,
  trace_migration_completion_postcopy_end,
  trace_migration_completion_postcopy_end_after_complete,
  trace_migration_thread_low_pending,
  trace_postcopy_discard_send_finish,
  trace_postcopy_discard_send_range,
  trace_postcopy_preempt_enabled,
  trace_postcopy_start,
  trace_postcopy_start_set_run,
  trace_qemu_file_fclose,
  trace_qemu_savevm_send_packaged,
  trace_qemu_savevm_send_postcopy_ram_discard,
  trace_ram_postcopy_send_discard_bitmap,
  trace_ram_save_complete,
  trace_savevm_section_end,
  trace_savevm_section_start,
  trace_savevm_send_postcopy_listen,
  trace_savevm_send_postcopy_run,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import type { RamRange } from "../wire/stream-item.js";
import { StreamWriter } from "../wire/stream-writer.js";
import { PAGE_SIZE } from "./guest-ram.js";
import { MigrationError } from "./migration-error.js";
import { PING_PACKAGE_LOADED } from "./return-path-listener.js";
import { saveFull } from "./section-saver.js";
import { sendEmptyPart, sendPart, tracedPending } from "./source-rounds.js";
import { ramEntry, type SourceRun } from "./source-run.js";
import { sendCommand, sendPing } from "./source-setup.js";
import { beginSwitchover, endReturnPath, stopGuest } from "./source-switchover.js";
import { UrgentChannel } from "./urgent-channel.js";

/** Ranges that a discard may have (QEMU migration/ram.c: MAX_DISCARDS_PER_COMMAND). */
const MAX_DISCARDS = 12;

/** The values of the PINGs around the package (QEMU migration/migration.c: postcopy_start). */
const Ping = { discarded: 2, devices: 3, sent: 4 } as const;

/**
 * Sends the guest before its memory: what is out of date is discarded, the devices go in a package
 * at whose end the guest runs there, and then all pages, those first that are asked for.
 */
export async function goPostcopy(run: SourceRun): Promise<void> {
  // The destination takes the first connection of all for the main one.
  if (run.preempt) await run.returnPath?.answered();
  await openUrgentChannel(run);
  run.ram.endXbzrle();
  await sendEmptyPart(run);
  trace_postcopy_start();
  trace_postcopy_start_set_run();
  trace_vmstate_downtime_checkpoint("src-downtime-start");
  stopGuest(run);
  await beginSwitchover(run);
  trace_vmstate_downtime_checkpoint("src-iterable-saved");
  run.ram.sync();
  sendDiscards(run);
  sendPing(run, Ping.discarded);
  await sendPackage(run);
  trace_vmstate_downtime_checkpoint("src-downtime-end");
  sendPing(run, Ping.sent);
  trace_postcopy_preempt_enabled(run.preempt !== undefined);
  run.state.set("postcopy-device");
  await run.output.flush();
}

/** Opens the channel for pages that are asked for, if that is wanted. */
export async function openUrgentChannel(run: SourceRun): Promise<void> {
  const { preempt, connection, ram, stats } = run;
  if (!preempt) return;
  run.urgent = await UrgentChannel.open(preempt, connection, ram);
  stats.add(run.urgent);
}

function sendDiscards({ ram, output }: SourceRun): void {
  for (const { block, ranges } of ram.blocks.ranges()) {
    let commands = 0;
    for (let first = 0; first < ranges.length; first += MAX_DISCARDS) {
      sendDiscard(output.writer, block, ranges.slice(first, first + MAX_DISCARDS));
      commands += 1;
    }
    trace_postcopy_discard_send_finish(block, ranges.length, commands);
  }
  trace_ram_postcopy_send_discard_bitmap();
}

function sendDiscard(writer: StreamWriter, block: string, ranges: readonly RamRange[]): void {
  for (const { start, length } of ranges) {
    trace_postcopy_discard_send_range(block, start / PAGE_SIZE, length / PAGE_SIZE);
  }
  trace_qemu_savevm_send_postcopy_ram_discard(block, ranges.length);
  sendCommand(writer, { name: "POSTCOPY_RAM_DISCARD", block, ranges });
}

/** LISTEN, the devices, RUN: written beforehand, as its length goes before it. */
async function sendPackage(run: SourceRun): Promise<void> {
  const { returnPath, state, ram, output } = run;
  if (!returnPath) throw new MigrationError("postcopy without a return path");
  returnPath.expectRequests(ram.queue, () => state.set("postcopy-active"));
  const packed = new StreamWriter();
  trace_savevm_send_postcopy_listen();
  sendCommand(packed, { name: "POSTCOPY_LISTEN" });
  for (const entry of run.entries) saveFull(packed, entry);
  trace_vmstate_downtime_checkpoint("src-non-iterable-saved");
  sendPing(run, Ping.devices, packed);
  sendPing(run, PING_PACKAGE_LOADED, packed);
  trace_savevm_send_postcopy_run();
  sendCommand(packed, { name: "POSTCOPY_RUN" });
  trace_qemu_savevm_send_packaged();
  sendCommand(output.writer, { name: "PACKAGED", length: packed.length });
  output.writer.bytes(packed.take());
  trace_qemu_file_fclose();
  run.handedOver = true;
  await output.flush();
}

/** All pages that are still here; comes back when the destination has them. */
export async function sendRest(run: SourceRun): Promise<void> {
  run.limiter.setBandwidth(run.maxPostcopyBandwidth);
  while (tracedPending(run, trace_migrate_pending_estimate) > 0) {
    await sendPart(run);
    run.control.check();
    await run.limiter.limit(run.ram.queue, run.control.signal);
    // What is asked for comes in between two parts.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  trace_migration_thread_low_pending(0);
  trace_migration_completion_postcopy_end();
  const { writer } = run.output;
  const entry = ramEntry(run);
  trace_savevm_section_start(entry.idstr, entry.sectionId);
  writer.sectionHead({ type: "section-end", ...entry });
  trace_ram_save_complete(0, 0);
  trace_ram_save_complete(0, 1);
  run.ram.endOfSection();
  trace_savevm_section_end(entry.idstr, entry.sectionId, 0);
  writer.footer(entry.sectionId).eof();
  run.urgent?.end();
  await run.output.flush();
  trace_migration_completion_postcopy_end_after_complete();
  await endReturnPath(run);
}
