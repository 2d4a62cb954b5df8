import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, Round, Sync } from "./account.js";
import { numberArgument, textArgument } from "./mark.js";
import { type PageCounter, type PageCounts, pageCounter, pagesIn } from "./page-counts.js";
import { PendingBytes } from "./pending-bytes.js";
import { postcopyBegin } from "./postcopy-begin.js";
import { bytesOfAllChannels } from "./sent-bytes.js";

/** A sync of the dirty bitmap, and how many bytes had gone to all channels by then. */
interface CountedSync extends Sync {
  readonly start: bigint;
  readonly end: bigint;
  readonly transferred: number | undefined;
}

/** All syncs of the source's dirty bitmap. */
export function syncsOf(
  source: readonly EventRecord[],
  items: readonly ItemAccount[] = [],
): Sync[] {
  return findSyncs(source, pageSizeOf(items)).map(({ transferred, ...sync }) => sync);
}

/**
 * Whether syncs can be told apart by the pass that they are in. With `postcopy-ram` QEMU synchronises at
 * nearly every iteration, and only how much was left to send shows where a pass ends.
 */
export function passesKnown(syncs: readonly Sync[], items: readonly ItemAccount[]): boolean {
  const advised = items.some(
    ({ item }) => item.type === "command" && item.command.name === "POSTCOPY_ADVISE",
  );
  return !advised || syncs.length === 0 || syncs.some(({ pending }) => pending !== undefined);
}

/**
 * The passes through dirty memory, from the source's syncs of its dirty bitmap; none where it is not
 * known which syncs start one (`passesKnown`).
 */
export function findRounds(source: readonly EventRecord[], items: readonly ItemAccount[]): Round[] {
  const pageSize = pageSizeOf(items);
  const syncs = findSyncs(source, pageSize);
  if (!passesKnown(syncs, items)) return [];
  const passes = groupSyncs(syncs, pageSize);
  const pagesOf = pageCounter(source, items);
  const parts = liveParts(source, items, pagesOf);
  const rounds: Round[] = [];
  let at = 0;
  for (const [index, pass] of passes.entries()) {
    const next = passes[index + 1]?.[0];
    while (at < parts.length && parts[at]!.start < pass[0]!.end) at += 1;
    const first = at;
    while (at < parts.length && (next === undefined || parts[at]!.start < next.start)) at += 1;
    if (at === first) continue;
    const sent = parts.slice(first, at);
    const syncs = pass.slice(pass.findLastIndex(({ end }) => end <= sent[0]!.start));
    const sum = { syncs, next, sent, source, pagesOf, pageSize };
    const round = sumUp(rounds.length + 1, sum);
    // Other channels sent no page either.
    if (round.pages !== 0 || round.zeroPages !== 0) rounds.push(round);
  }
  return rounds;
}

/** Syncs by the pass that they are in. */
function groupSyncs(syncs: readonly CountedSync[], pageSize: number): CountedSync[][] {
  const passes: CountedSync[][] = [];
  for (const sync of syncs) {
    const pass = passes.at(-1);
    if (pass && leavesMost(sync, pageSize)) pass.push(sync);
    else passes.push([sync]);
  }
  return passes;
}

/**
 * Whether most of what is to be sent after a sync had been dirty before it: the source had not come
 * through memory yet.
 */
function leavesMost(sync: Sync, pageSize: number): boolean {
  const left = bytesLeft(sync, pageSize);
  return left !== undefined && left * 2 > sync.pending!;
}

/** Bytes to be sent after a sync that had been dirty before it. */
function bytesLeft({ pending, dirtyPages }: Sync, pageSize: number): number | undefined {
  if (pending === undefined || dirtyPages === undefined) return undefined;
  return pending - dirtyPages * pageSize;
}

/** As the stream's description says it; QEMU's targets have pages of 4 KiB, but for a few. */
function pageSizeOf(items: readonly ItemAccount[]): number {
  for (const { item } of items) {
    if (item.type === "vm-description") return item.description.pageSize;
  }
  return 4096;
}

interface Part {
  readonly item: ItemAccount["item"];
  readonly start: bigint;
  readonly end: bigint;
}

/** Whether a section of RAM is known to have no page. */
function isEmpty(item: ItemAccount["item"], pagesOf: PageCounter): boolean {
  // Other counters count pages that other channels send.
  if (pagesOf !== pagesIn || !("ram" in item && item.ram)) return false;
  const { pages, zeroPages } = pagesIn([item]);
  return pages === 0 && zeroPages === 0;
}

/** What is sent when the source stops the guest, or when it runs at the destination, is in no round. */
function liveParts(
  source: readonly EventRecord[],
  items: readonly ItemAccount[],
  pagesOf: PageCounter,
): Part[] {
  const stop = source.find(
    (record) => textArgument(record, "checkpoint") === "src-downtime-start",
  )?.timestamp;
  const precopy = items.slice(0, postcopyBegin(items.map(({ item }) => item)));
  return precopy.flatMap(({ item, source }): Part[] => {
    if (item.type !== "section-part" || item.kindUnknown || source.status !== "paired") return [];
    if (stop !== undefined && source.start >= stop) return [];
    // QEMU sends a section without a page where it switches to postcopy.
    if (isEmpty(item, pagesOf)) return [];
    return [{ item, start: source.start, end: source.end }];
  });
}

interface Pass {
  readonly syncs: readonly CountedSync[];
  readonly next: CountedSync | undefined;
  readonly sent: readonly Part[];
  readonly source: readonly EventRecord[];
  readonly pagesOf: PageCounter;
  readonly pageSize: number;
}

function sumUp(number: number, pass: Pass): Round {
  const { syncs, next, sent, source, pagesOf, pageSize } = pass;
  const [first] = syncs as [CountedSync];
  const lastSent = sent.at(-1)!;
  // A sync after the last section that leaves most of memory: the guest is stopped within the pass.
  const stopping = syncs.find((sync) => sync.start >= lastSent.end);
  const until = stopping ?? next;
  const bytes = sent.reduce((sum, { item }) => sum + item.size, 0);
  const start = first.end;
  const end = stopping?.start ?? next?.start ?? lastSent.end;
  const gone = until ? until.transferred : transferredBy(source, lastSent.end);
  const transferred = difference(gone, first.transferred);
  const seconds = Number(end - start) / 1e9;
  // A clock that was set, or lost records: when the round was is unknown.
  const isOrdered = end >= start;
  const counts = pagesOf(
    sent.map(({ item }) => item),
    start,
    end,
  );
  const left = until && bytesLeft(until, pageSize);
  const complete = wentThroughMost(left, first.pending, bytesOfPages(counts, pageSize));
  return {
    ...{ number, syncs: syncs.length, complete },
    ...(isOrdered ? { start, end } : { start: undefined, end: undefined }),
    ...{ pending: first.pending, dirtyPages: first.dirtyPages },
    ...{ sections: sent.length, bytes, transferred },
    ...counts,
    rate: seconds > 0 ? Math.round(Math.max(transferred ?? 0, bytes) / seconds) : undefined,
    converging: complete ? isLess(until?.pending, first.pending) : undefined,
  };
}

/** By the bytes of what is left, and of what was dirty at the start or else was sent. */
function wentThroughMost(
  left: number | undefined,
  dirty: number | undefined,
  sent: number | undefined,
): boolean | undefined {
  if (left === undefined) return undefined;
  if (left === 0) return true;
  if (dirty !== undefined) return left * 2 < dirty;
  return sent === undefined ? undefined : left < sent;
}

function bytesOfPages({ pages, zeroPages }: PageCounts, pageSize: number): number | undefined {
  if (pages === undefined || zeroPages === undefined) return undefined;
  return (pages + zeroPages) * pageSize;
}

function difference(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

function isLess(a: number | undefined, b: number | undefined): boolean | undefined {
  return a === undefined || b === undefined ? undefined : a < b;
}

/** A sync with the pages that QEMU reports: all that it found dirty in the period. */
interface ReportedSync extends Omit<CountedSync, "dirtyPages"> {
  readonly count: number;
}

function findSyncs(source: readonly EventRecord[], pageSize: number): CountedSync[] {
  const syncs: ReportedSync[] = [];
  let start: bigint | undefined;
  let transferred: number | undefined;
  const pending = new PendingBytes();
  for (const record of source) {
    const { name, timestamp } = record;
    if (name === "migration_transferred_bytes") transferred = bytesOfAllChannels(record);
    if (name === "migration_bitmap_sync_start") start = timestamp;
    if (name === "migration_bitmap_sync_end") {
      const count = numberArgument(record, "dirty_pages") ?? 0;
      const end = timestamp;
      syncs.push({ start: start ?? end, end, pending: undefined, count, transferred });
      // If the record of the next start is lost, this one must not be taken for it.
      start = undefined;
    }
    const bytes = pending.take(record);
    const last = syncs.at(-1);
    if (bytes !== undefined && last && last.pending === undefined) {
      syncs[syncs.length - 1] = { ...last, pending: bytes };
    }
  }
  return withDirtyPages(syncs, pageSize);
}

/**
 * QEMU counts the pages that it finds dirty from 0 again after a second, by a clock of whole milliseconds
 * (QEMU migration/ram.c: migration_bitmap_sync). Around a second it is not known whether it does.
 */
const PERIOD = { least: 998_000_000n, most: 1_002_000_000n } as const;

/** How many pages each sync found newly dirty. */
function withDirtyPages(syncs: readonly ReportedSync[], pageSize: number): CountedSync[] {
  // When the period may have started, in the order of time.
  let starts = [syncs[0]?.start ?? 0n];
  let counted = 0;
  /** Whether the count started again after the sync before. */
  let restarted: boolean | undefined = true;
  return syncs.map(({ count, ...sync }, index): CountedSync => {
    const { start, end, pending } = sync;
    if (count < counted) {
      if (restarted === undefined) starts = starts.slice(-1);
      // A sync in between is not traced.
      else if (!restarted) starts = [syncs[index - 1]!.end, start];
      restarted = true;
    } else if (pending !== undefined && count * pageSize > pending) {
      // No more pages can be newly dirty than are to be sent.
      if (restarted === undefined) starts.pop();
      restarted = false;
    }
    const same = restarted === undefined && counted > 0 ? undefined : count;
    const dirtyPages = restarted === false ? count - counted : same;
    const [longest, shortest] = [end - starts[0]!, end - starts.at(-1)!];
    restarted = shortest > PERIOD.most ? true : longest > PERIOD.least ? undefined : false;
    if (restarted) starts = [end];
    else if (restarted === undefined) starts.push(end);
    counted = count;
    return { ...sync, dirtyPages };
  });
}

/** What had gone by a moment. */
function transferredBy(source: readonly EventRecord[], moment: bigint): number | undefined {
  let found: EventRecord | undefined;
  for (const record of source) {
    if (record.timestamp > moment) break;
    if (record.name === "migration_transferred_bytes") found = record;
  }
  return found && bytesOfAllChannels(found);
}
