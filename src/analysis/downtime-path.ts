import { isSection } from "../migration/wire/stream-item.js";
import type { Downtime, ItemAccount, PathSegment } from "./account.js";
import type { Arrival } from "./arrival.js";
import { byTime, later } from "./moments.js";
import type { ClockRelation } from "./relate-clocks.js";

/** An item as one side was busy with it. */
interface Busy {
  readonly account: ItemAccount;
  readonly start: bigint;
  readonly end: bigint;
  /** Whether an event that starts or ends it is missing. */
  readonly isOpen: boolean;
}

/**
 * What the downtime was spent on, as a path from the guest's stop at the source to its run: the
 * segments follow each other without gap or overlap, and add up to the downtime.
 *
 * It is found backwards from the guest's run. Where the destination waited for bytes, the path
 * goes over to what the source was doing until it sent them; saves and loads that lie beside the
 * path cost nothing. What no event explains is a segment of its own. The one segment in which the path
 * goes over carries the uncertainty of the clocks, and the first one that of the stop.
 */
export function downtimePath(
  items: readonly ItemAccount[],
  downtime: Omit<Downtime, "path">,
  arrival: Arrival,
  clocks: ClockRelation | undefined,
  stopSlack: bigint | undefined,
): PathSegment[] {
  const path = pathFrom(items, downtime, arrival, clocks);
  const { resumed, guest = 0n, guestBounds } = downtime;
  if (resumed === undefined) return withStop(path, 0n, stopSlack);
  return withStop(path, guest - (guestBounds.lower ?? guest), 0n);
}

/** The path, where the guest stopped up to so much later or earlier than it starts. */
function withStop(path: PathSegment[], later: bigint, earlier: bigint | undefined): PathSegment[] {
  const [first, ...others] = path;
  if (!first || (later === 0n && earlier === 0n)) return path;
  const took = first.end - first.start;
  const { lower = 0n, upper } = first.bounds ?? { lower: took, upper: took };
  const most = upper === undefined || earlier === undefined ? undefined : upper + earlier;
  const least = lower > later ? lower - later : 0n;
  return [{ ...first, bounds: { lower: least, upper: most } }, ...others];
}

function pathFrom(
  items: readonly ItemAccount[],
  downtime: Omit<Downtime, "path">,
  arrival: Arrival,
  clocks: ClockRelation | undefined,
): PathSegment[] {
  const { stopped, running, resumed, guest, separateLoad } = downtime;
  if (stopped === undefined) return [];
  const relevant = mainThread(items);
  const saves = busyAt("source", relevant);
  if (separateLoad && resumed === undefined) {
    const done = downtime.checkpoints.find(({ name }) => name === "src-downtime-end")?.at;
    if (done === undefined) return [];
    const path = new BackwardPath(stopped, done, "source");
    alongSource(path, saves, done, written);
    return path.segments();
  }
  if (guest === undefined) return [];
  if (resumed !== undefined) {
    const path = new BackwardPath(resumed - guest, resumed, "source");
    alongSource(path, saves, resumed, runOn);
    return path.segments();
  }
  if (running === undefined) return [];
  const path = new BackwardPath(stopped, running, "destination");
  const sentUntil = alongDestination(path, relevant, arrival);
  if (sentUntil !== undefined) {
    alongSource(path, saves, sentUntil, undefined, firstSent(relevant, stopped));
  }
  return path.segments(clocks);
}

type Clock = "source" | "destination";

/** Builds a path from its end to its start, within two times; each is of one side's clock. */
class BackwardPath {
  readonly #begin: bigint;
  #at: bigint;
  #clock: Clock;
  readonly #segments: { segment: PathSegment; crosses: boolean }[] = [];

  constructor(begin: bigint, end: bigint, clock: Clock) {
    this.#begin = begin;
    this.#at = end;
    this.#clock = clock;
  }

  /** How far back the path has come. */
  get at(): bigint {
    return this.#at;
  }

  /** Whether a time lies before all of the path. */
  isBefore(time: bigint): boolean {
    return time <= this.#begin;
  }

  get complete(): boolean {
    return this.#at <= this.#begin;
  }

  /** Goes back to a time of a side's clock; what is before the path's start is cut off. */
  back(to: bigint, clock: Clock, segment: Omit<PathSegment, "start" | "end">): void {
    const start = later(to, this.#begin);
    if (start >= this.#at) return;
    const from = start === this.#begin ? "source" : clock;
    const { side, kind, what } = segment;
    const crosses = from !== this.#clock;
    this.#segments.push({ segment: { side, kind, what, start, end: this.#at }, crosses });
    this.#at = start;
    this.#clock = from;
  }

  /** Goes back to a time as a part of the segment after it. */
  extend(to: bigint, clock: Clock): void {
    const last = this.#segments.pop();
    if (!last) return;
    this.#at = last.segment.end;
    if (last.crosses) this.#clock = "destination";
    this.back(to, clock, last.segment);
  }

  segments(clocks?: ClockRelation): PathSegment[] {
    return this.#segments
      .map(({ segment, crosses }) => (crosses ? bounded(segment, clocks) : segment))
      .reverse();
  }
}

/** Between which lengths a segment lies whose start and end are of different clocks. */
function bounded(segment: PathSegment, clocks: ClockRelation | undefined): PathSegment {
  const { offset = 0n, lower, upper } = clocks ?? {};
  if (lower === offset && upper === offset) return segment;
  const took = segment.end - segment.start;
  const least = upper === undefined ? undefined : took - (upper - offset);
  return {
    ...segment,
    bounds: {
      lower: least === undefined || least < 0n ? 0n : least,
      upper: lower === undefined ? undefined : took + (offset - lower),
    },
  };
}

/** Back along what the destination did; gives the moment until which it waited for the source. */
function alongDestination(
  path: BackwardPath,
  items: readonly ItemAccount[],
  arrival: Arrival,
): bigint | undefined {
  let next: Busy | undefined;
  const loads = busyAt("destination", items);
  const loaded = new Set(loads.map(({ account }) => account));
  const last = items.findLastIndex((account) => loaded.has(account));
  const missesLoad = items.slice(last).some(({ destination }) => destination.status === "missing");
  for (const load of loads.toReversed()) {
    if (path.complete) return undefined;
    if (load.start >= path.at) continue;
    const arrived = next && arrival.ofFirst(next.account);
    if (arrived !== undefined && arrived > load.end) {
      path.back(arrived, "source", {
        side: "wire",
        kind: "wait",
        what: `until ${next!.account.label} is read`,
      });
      return path.at;
    }
    between(path, "destination", load, next, missesLoad ? unseen(load) : resume);
    const whole = arrival.ofData(load.account);
    const waited = whole !== undefined && whole > load.start && whole < path.at;
    const clock = waited ? "source" : "destination";
    path.back(waited ? whole : load.start, clock, busy("destination", "load", load));
    if (waited) return path.at;
    next = load;
  }
  return path.complete ? undefined : path.at;
}

/** The first item that was sent after the guest's stop; undefined where an event before it is missing. */
function firstSent(items: readonly ItemAccount[], stopped: bigint): ItemAccount | undefined {
  const first = items.find(({ source }) => {
    return source.status === "missing" || (source.status === "paired" && source.start >= stopped);
  });
  return first?.source.status === "paired" ? first : undefined;
}

/**
 * Back along what the source did until a time; `last` is what follows its last save, `first` the item
 * that it sent first, which the destination may have waited for.
 */
function alongSource(
  path: BackwardPath,
  saves: readonly Busy[],
  until: bigint,
  last?: Omit<PathSegment, "start" | "end">,
  first?: ItemAccount,
): void {
  let next: Busy | undefined;
  // Where only commands are known to be sent, what followed them is not.
  const known = saves.some(({ account }) => isSection(account.item));
  for (const save of saves.toReversed()) {
    if (path.complete) return;
    if (save.start >= until) continue;
    if (path.isBefore(save.end)) break;
    const wait = {
      side: "wire",
      kind: "wait",
      what: `after ${save.account.label}, until it is read`,
    } as const;
    between(path, "source", save, next, known ? (last ?? wait) : lost);
    path.back(save.start, "source", busy("source", "save", save));
    next = save;
  }
  const sent = next?.account ?? first;
  const stop = sent && ({ side: "source", kind: "stop", what: `until ${sent.label}` } as const);
  path.back(0n, "source", stop ?? lost);
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
  if (!after) path.back(before.end, side, last);
  else if (path.at - before.end < GAP) path.extend(before.end, side);
  else path.back(before.end, side, gap(side, before, after));
}

const resume = { side: "destination", kind: "resume", what: "start the guest" } as const;
const runOn = { side: "source", kind: "resume", what: "run on at the source" } as const;
const written = { side: "source", kind: "resume", what: "end the migration" } as const;
const unseen = ({ account: { label } }: Busy): Omit<PathSegment, "start" | "end"> => {
  const what = `between ${label} and the guest's run`;
  return { side: "destination", kind: "unexplained", what };
};
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
