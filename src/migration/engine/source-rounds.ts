import {
  trace_migrate_pending_estimate,
  trace_migrate_pending_exact,
  trace_savevm_section_end,
  trace_savevm_section_start,
  trace_savevm_state_iterate,
} from "../../../generated/migration.js";
import { sleep } from "./abortable.js";
import { PAGE_SIZE } from "./guest-ram.js";
import { drainAll, flushAll, ramEntry, type SourceRun } from "./source-run.js";

/** Milliseconds after which a PART ends, so that other things get their turn (QEMU migration/ram.c: MAX_WAIT). */
const MAX_PART_TIME = 50;

/** Milliseconds between two looks at whether the destination is ready, where nothing is dirty. */
const IDLE = 10;

/** A PART looks at the clock every so many pages. */
const CLOCK_PAGES = 64;

/** How the rounds ended. */
export interface RoundsEnd {
  /** Bytes of memory that are still to be sent. */
  readonly pending: number;
  /** Whether they are to come after the guest. */
  readonly postcopy: boolean;
}

/**
 * Sends RAM, round after round, while the guest runs. Comes back when what is left could be sent
 * within the downtime limit and the destination is ready, or when postcopy is wanted (QEMU
 * migration/migration.c: migration_iteration_run).
 */
export async function sendRounds(run: SourceRun): Promise<RoundsEnd> {
  for (;;) {
    if (!run.limiter.exceeded()) {
      const pending = pendingBytes(run);
      const isReady = !run.switchoverAck || run.signals.acknowledged;
      if (isReady && run.signals.postcopy && pending > 0) return { pending, postcopy: true };
      if (isReady && fits(pending, run)) return { pending, postcopy: false };
      if (pending > 0) await sendPart(run);
      else await sleep(IDLE, run.control.signal);
    }
    run.control.check();
    await run.limiter.limit(run.ram.queue, run.control.signal);
  }
}

/** Whether so much could be sent within the downtime limit. */
function fits(bytes: number, { limiter }: SourceRun): boolean {
  return bytes === 0 || bytes < limiter.threshold;
}

/** Bytes of pages that are known to be dirty: since the last sync others may be. */
function knownBytes({ ram }: SourceRun): number {
  return ram.blocks.dirtyPages * PAGE_SIZE;
}

/** An estimate by what is known to be dirty; exact, with a sync, once that is below the threshold. */
function pendingBytes(run: SourceRun): number {
  run.machine.catchUp();
  const estimate = tracedPending(run, trace_migrate_pending_estimate);
  if (estimate >= run.limiter.threshold) return estimate;
  run.ram.sync();
  return tracedPending(run, trace_migrate_pending_exact);
}

/** Bytes that are to be sent, traced as what must go before the guest, or what can after it. */
export function tracedPending(
  run: SourceRun,
  trace: (size: number, before: number, after: number) => void,
): number {
  const size = knownBytes(run);
  trace(size, run.postcopy ? 0 : size, run.postcopy ? size : 0);
  return size;
}

/** A PART of what is dirty, up to the limits. */
export async function sendPart(run: SourceRun): Promise<void> {
  trace_savevm_state_iterate();
  if (mayGo(run)) await sendSection(run, sendPages);
}

/** Whether a page may go, by the limit or as it is waited for. */
function mayGo({ limiter, ram }: SourceRun): boolean {
  return ram.queue.isAsked || !limiter.exceeded();
}

/** A PART without pages, at whose end all is there that was sent (QEMU migration/ram.c: ram_save_postcopy_prepare). */
export async function sendEmptyPart(run: SourceRun): Promise<void> {
  await sendSection(run, async () => true);
}

/** A PART with what `fill` writes, which tells whether nothing is left. */
async function sendSection(
  run: SourceRun,
  fill: (run: SourceRun) => Promise<boolean>,
): Promise<void> {
  const { idstr, sectionId } = ramEntry(run);
  trace_savevm_section_start(idstr, sectionId);
  run.output.writer.sectionHead({ type: "section-part", ...ramEntry(run) });
  run.ram.beginSection();
  const done = await fill(run);
  run.ram.endOfSection();
  trace_savevm_section_end(idstr, sectionId, done ? 1 : 0);
  run.output.writer.footer(sectionId);
  // Before the guest may go, the channels are to have taken what it would wait for.
  await (fits(knownBytes(run), run) ? drainAll(run) : flushAll(run));
}

/** Sends pages up to the limits; true if none is left. */
async function sendPages(run: SourceRun): Promise<boolean> {
  const begin = performance.now();
  for (let pages = 0; mayGo(run); pages += 1) {
    if (!run.ram.writeNextPage()) return true;
    if (run.output.isFull || run.ram.isFull) await flushAll(run);
    if (pages % CLOCK_PAGES === 0 && performance.now() - begin > MAX_PART_TIME) break;
  }
  return false;
}
