import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, Postcopy, WaitingThread } from "./account.js";
import { textArgument } from "./mark.js";
import { byTime, later, latest } from "./moments.js";
import { pagesIn } from "./page-counts.js";
import type { PageRequest } from "./page-requests.js";
import { postcopyBegin } from "./postcopy-begin.js";

/**
 * The part of the migration in which the guest ran at the destination while pages were still at the
 * source; undefined of a migration that had none. `requests` are on the source's clock.
 */
export function findPostcopy(
  source: readonly EventRecord[],
  items: readonly ItemAccount[],
  requests: readonly PageRequest[],
  running: bigint | undefined,
): Postcopy | undefined {
  const begin = postcopyBegin(items.map(({ item }) => item));
  if (begin === undefined && requests.length === 0) return undefined;
  const behind = begin === undefined ? [] : items.slice(begin);
  const sections = behind.filter(
    ({ item }) => item.type === "section-part" || item.type === "section-end",
  );
  const state = source.find(
    (record) =>
      record.name === "migrate_set_state" &&
      textArgument(record, "new_state") === "postcopy-active",
  );
  const loads = sections.map(({ destination }) =>
    destination.status === "paired" ? destination.end : undefined,
  );
  const start = running ?? state?.timestamp;
  const arrived = latest([...loads, ...requests.map((request) => request.arrived)]);
  return {
    start,
    // All pages may have been there before the guest was started.
    end: arrived === undefined ? undefined : latest([arrived, start]),
    ...sumUp(sections),
    requests,
    blocked: blockedTime(requests),
    threads: byThread(requests),
  };
}

function sumUp(sections: readonly ItemAccount[]) {
  const items = sections.map(({ item }) => item);
  const bytes = items.reduce((sum, { size }) => sum + size, 0);
  return { sections: sections.length, bytes, ...pagesIn(items) };
}

function byThread(requests: readonly PageRequest[]): WaitingThread[] {
  const threads = new Map<number, PageRequest[]>();
  for (const request of requests) {
    if (request.faulted === undefined) continue;
    const own = threads.get(request.thread);
    if (own) own.push(request);
    else threads.set(request.thread, [request]);
  }
  return [...threads]
    .map(([thread, own]) => ({ thread, faults: own.length, blocked: blockedTime(own) ?? 0n }))
    .sort((a, b) => byTime(b.blocked, a.blocked));
}

/** The time in which at least one of them was waited for. */
function blockedTime(requests: readonly PageRequest[]): bigint | undefined {
  const waits = requests.flatMap(({ faulted, arrived }) =>
    faulted !== undefined && arrived !== undefined ? [{ faulted, arrived }] : [],
  );
  if (waits.length === 0) return undefined;
  waits.sort((a, b) => byTime(a.faulted, b.faulted));
  let blocked = 0n;
  let until = waits[0]!.faulted;
  for (const { faulted, arrived } of waits) {
    if (arrived <= until) continue;
    blocked += arrived - later(faulted, until);
    until = arrived;
  }
  return blocked;
}
