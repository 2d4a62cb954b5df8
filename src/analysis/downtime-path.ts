import type { Downtime, ItemAccount, PathSegment } from "./account.js";
import type { Arrival } from "./arrival.js";
import { byTime, later } from "./moments.js";

/** An item as one side was busy with it. */
interface Busy {
  readonly account: ItemAccount;
  readonly start: bigint;
  readonly end: bigint;
  /** Whether an event that starts or ends it is missing. */
  readonly isOpen: boolean;
}

/**
 * What the downtime was spent on, as a path from the guest's stop at the source to its run at the
 * destination: the segments follow each other without gap or overlap, and add up to the whole.
 *
 * It is found backwards from the guest's run. Where the destination waited for bytes, the path
 * goes over to what the source was doing until it sent them; saves and loads that lie beside the
 * path cost nothing. What no event explains is a segment of its own.
 */
export function downtimePath(
  items: readonly ItemAccount[],
  downtime: Omit<Downtime, "path">,
  arrival: Arrival,
): PathSegment[] {
  const { stopped, running } = downtime;
  if (stopped === undefined || running === undefined) return [];
  const path = new BackwardPath(stopped, running);
  const relevant = mainThread(items);
  const sentUntil = alongDestination(path, busyAt("destination", relevant), arrival);
  if (sentUntil !== undefined) alongSource(path, busyAt("source", relevant), sentUntil);
  return path.segments();
}

/** Builds a path from its end to its begin, within two moments. */
class BackwardPath {
  readonly #begin: bigint;
  #at: bigint;
  readonly #segments: PathSegment[] = [];

  constructor(begin: bigint, end: bigint) {
    this.#begin = begin;
    this.#at = end;
  }

  /** How far back the path has come. */
  get at(): bigint {
    return this.#at;
  }

  /** Whether a moment lies before all of the path. */
  isBefore(moment: bigint): boolean {
    return moment <= this.#begin;
  }

  get complete(): boolean {
    return this.#at <= this.#begin;
  }

  /** Goes back to a moment; what is before the path's begin is cut off. */
  back(to: bigint, segment: Omit<PathSegment, "start" | "end">): void {
    const start = later(to, this.#begin);
    if (start >= this.#at) return;
    const { side, kind, what } = segment;
    this.#segments.push({ side, kind, what, start, end: this.#at });
    this.#at = start;
  }

  /** Goes back to a moment as a part of the segment behind it. */
  extend(to: bigint): void {
    const segment = this.#segments.pop();
    if (!segment) return;
    this.#at = segment.end;
    this.back(to, segment);
  }

  segments(): PathSegment[] {
    return this.#segments.reverse();
  }
}

/** Back along what the destination did; gives the moment until which it waited for the source. */
function alongDestination(
  path: BackwardPath,
  loads: readonly Busy[],
  arrival: Arrival,
): bigint | undefined {
  let next: Busy | undefined;
  for (const load of loads.toReversed()) {
    if (path.complete) return undefined;
    if (load.start >= path.at) continue;
    const arrived = next && arrival.ofFirst(next.account);
    if (arrived !== undefined && arrived > load.end) {
      path.back(arrived, {
        side: "wire",
        kind: "wait",
        what: `until ${next!.account.label} is read`,
      });
      return path.at;
    }
    between(path, "destination", load, next, resume);
    const whole = arrival.ofData(load.account);
    const waited = whole !== undefined && whole > load.start && whole < path.at;
    path.back(waited ? whole : load.start, busy("destination", "load", load));
    if (waited) return path.at;
    next = load;
  }
  return path.complete ? undefined : path.at;
}

/** Back along what the source did until a moment. */
function alongSource(path: BackwardPath, saves: readonly Busy[], until: bigint): void {
  let next: Busy | undefined;
  for (const save of saves.toReversed()) {
    if (path.complete) return;
    if (save.start >= until) continue;
    if (path.isBefore(save.end)) break;
    between(path, "source", save, next, {
      side: "wire",
      kind: "wait",
      what: `behind ${save.account.label}, until it is read`,
    });
    path.back(save.start, busy("source", "save", save));
    next = save;
  }
  path.back(
    0n,
    next ? { side: "source", kind: "stop", what: `until ${next.account.label}` } : lost,
  );
}

/** A gap shorter than this is the way from one item to the next, and counts to the one behind it. */
const GAP = 100_000n;

/** Back from an item's begin to the end of the one before it; from the path's end, as `last` says. */
function between(
  path: BackwardPath,
  side: "source" | "destination",
  before: Busy,
  after: Busy | undefined,
  last: Omit<PathSegment, "start" | "end">,
): void {
  if (!after) path.back(before.end, last);
  else if (path.at - before.end < GAP) path.extend(before.end);
  else path.back(before.end, gap(side, before, after));
}

const resume = { side: "destination", kind: "resume", what: "start the guest" } as const;
const lost = { side: "source", kind: "unexplained", what: "no event tells" } as const;

function gap(
  side: "source" | "destination",
  before: Busy,
  after: Busy,
): Omit<PathSegment, "start" | "end"> {
  const what = `between ${before.account.label} and ${after.account.label}`;
  return { side, kind: "unexplained", what };
}

function busy(
  side: "source" | "destination",
  kind: "save" | "load",
  { account, isOpen }: Busy,
): Omit<PathSegment, "start" | "end"> {
  const what = isOpen ? `${account.label} (its end is not traced)` : account.label;
  return { side, kind, what };
}

/** When a side was busy with items, one behind the other: an overlap belongs to the later one. */
function busyAt(side: "source" | "destination", items: readonly ItemAccount[]): Busy[] {
  const stretches: Busy[] = [];
  for (const account of items) {
    const pairing = account[side];
    if (pairing.status !== "paired" || account.item.type === "eof") continue;
    const { start, end, interval } = pairing;
    stretches.push({ account, start, end, isOpen: interval !== undefined });
  }
  return stretches.sort((a, b) => byTime(a.start, b.start));
}

/** Postcopy reads on in a second thread behind its package; the guest does not wait for that. */
function mainThread(items: readonly ItemAccount[]): readonly ItemAccount[] {
  const packaged = items.findLastIndex(({ item }) => item.depth > 0);
  return packaged < 0 ? items : items.slice(0, packaged + 1);
}
