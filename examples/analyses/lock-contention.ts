/**
 * Where QEMU's threads wait for mutexes, and for how long:
 *
 *     tsx lock-contention.ts TRACE TRACE-EVENTS-ALL
 *
 * The trace is one of `-trace 'qemu_mutex_*'`, in any format. A log tells threads apart; simpletrace
 * does not, and there waits of two threads at one place are taken to end in the order they began.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { buildModel, parse } from "qtrace";
import { EventTable, openTrace, type RecordCursor, type TraceInput } from "qtrace/traces";

interface Mutex {
  readonly mutex: bigint;
  readonly file: string;
  readonly line: number;
}

interface LockEvents {
  readonly qemu_mutex_lock: Mutex;
  readonly qemu_mutex_locked: Mutex;
  readonly qemu_mutex_unlock: Mutex;
}

/** What one place in QEMU's source does with mutexes; times in microseconds. */
export interface LockPlace {
  readonly place: string;
  taken: number;
  /** How often another held the mutex when it was asked for. */
  contended: number;
  waited: number;
  longestWait: number;
  held: number;
}

/** The places that take mutexes, those that waited longest first. */
export async function lockContention(trace: TraceInput, events: EventTable): Promise<LockPlace[]> {
  const places = new Map<string, LockPlace>();
  const waiting = new Map<string, { readonly since: number; readonly contended: boolean }[]>();
  const holders = new Map<bigint, { readonly since: number; readonly place: LockPlace }>();
  const placeOf = ({ file, line }: Mutex): LockPlace => {
    const place = `${file}:${line}`;
    const known = places.get(place);
    if (known) return known;
    const made = { place, taken: 0, contended: 0, waited: 0, longestWait: 0, held: 0 };
    places.set(place, made);
    return made;
  };
  const waitOf = ({ mutex, file, line }: Mutex, { pid }: RecordCursor) => {
    const key = `${mutex} ${pid} ${file}:${line}`;
    const waits = waiting.get(key) ?? [];
    waiting.set(key, waits);
    return waits;
  };

  await openTrace(trace, events).handle<LockEvents>({
    qemu_mutex_lock(lock, cursor) {
      const contended = holders.has(lock.mutex);
      waitOf(lock, cursor).push({ since: cursor.microseconds, contended });
    },
    qemu_mutex_locked(lock, cursor) {
      const now = cursor.microseconds;
      const place = placeOf(lock);
      const wait = waitOf(lock, cursor).shift();
      const waited = wait ? now - wait.since : 0;
      place.taken++;
      place.waited += waited;
      place.longestWait = Math.max(place.longestWait, waited);
      if (wait?.contended) place.contended++;
      holders.set(lock.mutex, { since: now, place });
    },
    // Who unlocks may be at another place than who locked: the time counts for the latter.
    qemu_mutex_unlock({ mutex }, { microseconds }) {
      const holder = holders.get(mutex);
      if (holder) holder.place.held += microseconds - holder.since;
      holders.delete(mutex);
    },
  });
  return [...places.values()].sort((a, b) => b.waited - a.waited || b.taken - a.taken);
}

async function main([trace, declarations]: readonly string[]): Promise<void> {
  if (!trace || !declarations) throw new Error("usage: lock-contention TRACE TRACE-EVENTS-ALL");
  const events = new EventTable(
    buildModel(parse(readFileSync(declarations, "utf8")), { group: "all" }),
  );
  console.log("  taken contended   waited us  longest us     held us  place");
  for (const { place, taken, contended, waited, longestWait, held } of await lockContention(
    trace,
    events,
  )) {
    const times = [waited, longestWait, held].map((time) => time.toFixed(1).padStart(12));
    console.log(
      `${`${taken}`.padStart(7)}${`${contended}`.padStart(10)}${times.join("")}  ${place}`,
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  await main(process.argv.slice(2));
