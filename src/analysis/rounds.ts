import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, Round } from "./account.js";
import { numberArgument } from "./mark.js";

/** One sync of the dirty bitmap, and what was found dirty by it. */
interface Sync {
  readonly start: bigint;
  readonly end: bigint;
  /** Bytes that are still to be sent, as counted right behind it. */
  readonly pending: number | undefined;
}

/** The rounds in which PART sections were sent, by the source's syncs of its dirty bitmap. */
export function findRounds(source: readonly EventRecord[], items: readonly ItemAccount[]): Round[] {
  const syncs = findSyncs(source);
  const parts = items.filter(({ item }) => item.type === "section-part");
  const rounds: Round[] = [];
  for (const [index, sync] of syncs.entries()) {
    const next = syncs[index + 1];
    const sent = parts.filter(({ source: pairing }) => {
      if (pairing.status !== "paired" || pairing.start < sync.end) return false;
      return next === undefined || pairing.start < next.start;
    });
    if (sent.length === 0) continue;
    rounds.push(sumUp(rounds.length + 1, sync, next?.start, sent));
  }
  return rounds;
}

function sumUp(
  number: number,
  sync: Sync,
  end: bigint | undefined,
  sent: readonly ItemAccount[],
): Round {
  let bytes = 0;
  let pages = 0;
  let zeroPages = 0;
  let last = sync.end;
  for (const { item, source } of sent) {
    if (source.status === "paired") last = source.end;
    bytes += item.size;
    if (item.type !== "section-part" || !item.ram) continue;
    const { page = 0, xbzrle = 0, compressed = 0, zero = 0 } = item.ram;
    pages += page + xbzrle + compressed;
    zeroPages += zero;
  }
  const { pending } = sync;
  const sections = sent.length;
  return { number, start: sync.end, end: end ?? last, pending, sections, bytes, pages, zeroPages };
}

function findSyncs(source: readonly EventRecord[]): Sync[] {
  const syncs: Sync[] = [];
  let start: bigint | undefined;
  for (const record of source) {
    if (record.name === "migration_bitmap_sync_start") start = record.timestamp;
    if (record.name === "migration_bitmap_sync_end") {
      syncs.push({ start: start ?? record.timestamp, end: record.timestamp, pending: undefined });
    }
    const last = syncs.at(-1);
    if (record.name === "migrate_pending_exact" && last?.pending === undefined) {
      syncs[syncs.length - 1] = { ...last!, pending: numberArgument(record, "size") };
    }
  }
  return syncs;
}
