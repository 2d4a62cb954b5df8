import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, Round } from "./account.js";
import { numberArgument } from "./mark.js";
import { type PageCounter, pageCounter } from "./page-counts.js";
import { PendingBytes } from "./pending-bytes.js";
import { postcopyBegin } from "./postcopy-begin.js";

/** One sync of the dirty bitmap, and what was found dirty by it. */
interface Sync {
  readonly start: bigint;
  readonly end: bigint;
  /** Bytes that are still to be sent, as counted right behind it. */
  readonly pending: number | undefined;
  /** Pages that it found newly dirty. */
  readonly dirtyPages: number | undefined;
  /** Bytes that had gone to the channels, all of them. */
  readonly transferred: number | undefined;
}

/** The rounds in which PART sections were sent, by the source's syncs of its dirty bitmap. */
export function findRounds(source: readonly EventRecord[], items: readonly ItemAccount[]): Round[] {
  const syncs = findSyncs(source);
  const parts = precopyParts(items);
  const pagesOf = pageCounter(source, items);
  const rounds: Round[] = [];
  let at = 0;
  for (const [index, sync] of syncs.entries()) {
    const next = syncs[index + 1];
    while (at < parts.length && parts[at]!.start < sync.end) at += 1;
    const first = at;
    while (at < parts.length && (next === undefined || parts[at]!.start < next.start)) at += 1;
    if (at === first) continue;
    const sent = parts.slice(first, at);
    const gone = next ? next.transferred : transferredBy(source, sent.at(-1)!.end);
    rounds.push(sumUp(rounds.length + 1, sync, next, sent, gone, pagesOf));
  }
  return rounds;
}

interface Part {
  readonly item: ItemAccount["item"];
  readonly start: bigint;
  readonly end: bigint;
}

/** What is sent once the guest runs at the destination belongs to no round. */
function precopyParts(items: readonly ItemAccount[]): Part[] {
  const precopy = items.slice(0, postcopyBegin(items.map(({ item }) => item)));
  return precopy.flatMap(({ item, source }): Part[] => {
    if (item.type !== "section-part" || source.status !== "paired") return [];
    return [{ item, start: source.start, end: source.end }];
  });
}

function sumUp(
  number: number,
  sync: Sync,
  next: Sync | undefined,
  sent: readonly Part[],
  gone: number | undefined,
  pagesOf: PageCounter,
): Round {
  const bytes = sent.reduce((sum, { item }) => sum + item.size, 0);
  const start = sync.end;
  const end = next?.start ?? sent.at(-1)!.end;
  const transferred = difference(gone, sync.transferred);
  const seconds = Number(end - start) / 1e9;
  return {
    ...{ number, start, end, pending: sync.pending, dirtyPages: sync.dirtyPages },
    ...{ sections: sent.length, bytes, transferred },
    ...pagesOf(
      sent.map(({ item }) => item),
      start,
      end,
    ),
    rate: seconds > 0 ? Math.round(Math.max(transferred ?? 0, bytes) / seconds) : undefined,
    converging: isLess(next?.pending, sync.pending),
  };
}

function difference(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

function isLess(a: number | undefined, b: number | undefined): boolean | undefined {
  return a === undefined || b === undefined ? undefined : a < b;
}

/** QEMU counts the pages that it finds dirty anew after a second (QEMU migration/ram.c). */
const PERIOD = 1_000_000_000n;

function findSyncs(source: readonly EventRecord[]): Sync[] {
  const syncs: Sync[] = [];
  let start: bigint | undefined;
  let transferred: number | undefined;
  let periodBegin: bigint | undefined;
  let counted = 0;
  const pending = new PendingBytes();
  for (const record of source) {
    const { name, timestamp } = record;
    if (name === "migration_transferred_bytes") transferred = totalOf(record);
    if (name === "migration_bitmap_sync_start") {
      start = timestamp;
      periodBegin ??= timestamp;
    }
    if (name === "migration_bitmap_sync_end") {
      const count = numberArgument(record, "dirty_pages") ?? 0;
      const dirtyPages = count < counted ? count : count - counted;
      syncs.push({
        start: start ?? timestamp,
        end: timestamp,
        pending: undefined,
        dirtyPages,
        transferred,
      });
      counted = count;
      if (periodBegin !== undefined && timestamp - periodBegin > PERIOD) {
        periodBegin = timestamp;
        counted = 0;
      }
    }
    const bytes = pending.take(record);
    const last = syncs.at(-1);
    if (bytes !== undefined && last && last.pending === undefined) {
      syncs[syncs.length - 1] = { ...last, pending: bytes };
    }
  }
  return syncs;
}

/** What had gone by a moment. */
function transferredBy(source: readonly EventRecord[], moment: bigint): number | undefined {
  let found: EventRecord | undefined;
  for (const record of source) {
    if (record.timestamp > moment) break;
    if (record.name === "migration_transferred_bytes") found = record;
  }
  return found && totalOf(found);
}

function totalOf(record: EventRecord): number {
  return ["qemu_file", "multifd", "rdma"].reduce(
    (sum, name) => sum + (numberArgument(record, name) ?? 0),
    0,
  );
}
