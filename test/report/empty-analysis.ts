import type {
  Checkpoint,
  DeviceTimes,
  Downtime,
  ItemAccount,
  MigrationAccount,
  PathSegment,
  Postcopy,
  Round,
  SidePairing,
} from "../../src/analysis/account.js";
import type { PageRequest } from "../../src/analysis/page-requests.js";
import type { ClockRelation } from "../../src/analysis/relate-clocks.js";
import type { StreamItem } from "../../src/migration/wire/stream-item.js";

/** Milliseconds as nanoseconds. */
export const ms = (value: number) => BigInt(Math.round(value * 1e6));

const unknownDowntime: Downtime = {
  ...{ stopped: undefined, running: undefined, resumed: undefined, guest: undefined },
  guestBounds: { lower: undefined, upper: undefined },
  ...{ reported: undefined, source: undefined, destination: undefined },
  ...{ separateLoad: false, checkpoints: [], path: [] },
};

/** The downtime with the fields given; all others are unknown. */
export function downtimeOf(known: Partial<Downtime>): Downtime {
  return { ...unknownDowntime, ...known };
}

/** An analysis of nothing, but for the fields given. */
export function analysisOf(
  known: Partial<Omit<MigrationAccount, "downtime">> & { readonly downtime?: Partial<Downtime> },
): MigrationAccount {
  return {
    ...{ machine: undefined, streamSize: undefined, channelBytes: [], totalBytes: undefined },
    ...{ items: [], source: undefined, destination: undefined, clocks: undefined },
    ...{ rounds: [], syncs: [], devices: [], switchoverStart: undefined, postcopy: undefined },
    outcome: { state: undefined, error: undefined, failure: undefined },
    ...{ phases: [], sent: [], tracing: undefined, advice: [], attempt: undefined, attempts: [] },
    ...{ problems: [], resolution: 0n, warnings: [], begin: undefined, end: undefined },
    ...known,
    downtime: downtimeOf(known.downtime ?? {}),
  };
}

/** One clock for both sides, but for the fields given. */
export function clocksOf(known: Partial<ClockRelation>): ClockRelation {
  return {
    ...{ verdict: "one", offset: 0n, lower: 0n, upper: 0n, drift: 0, reference: 0n },
    ...{ contradiction: undefined, ...known },
  };
}

/** A matched span, in milliseconds. */
export function spanOf(start: number, end: number, interval?: "bound" | "open"): SidePairing {
  return {
    ...{ status: "paired", start: ms(start), end: ms(end), how: "its name" },
    ...(interval && { interval }),
  };
}

const noTrace: SidePairing = { status: "no trace" };

/** An item of 16 bytes at an offset. */
export function itemOf(
  label: string,
  offset: number,
  { source = noTrace, destination = noTrace, ...item }: ItemFields = {},
): ItemAccount {
  return {
    item: { type: "eof", offset, size: 16, depth: 0, ...item } as StreamItem,
    ...{ label, source, destination },
  };
}

type ItemFields = Partial<Pick<ItemAccount, "source" | "destination">> &
  Readonly<Record<string, unknown>>;

/** A device whose times are unknown, but for the fields given. */
export function deviceOf(name: string, known: Partial<DeviceTimes> = {}): DeviceTimes {
  return {
    ...{ name, offset: undefined, bytes: undefined, save: undefined, saveIsBound: false },
    ...{ load: undefined, loadIsBound: false, postcopy: undefined, ...known },
  };
}

/** A round of which nothing is known but its number, and the fields given. */
export function roundOf(number: number, known: Partial<Round> = {}): Round {
  return {
    ...{ number, start: undefined, end: undefined, syncs: 1, complete: undefined },
    ...{ pending: undefined, dirtyPages: undefined, transferred: undefined, rate: undefined },
    ...{ converging: undefined, sections: 0, bytes: 0, pages: undefined, zeroPages: undefined },
    ...known,
  };
}

/** A segment of the downtime's path, in milliseconds. */
export function segmentOf(
  side: PathSegment["side"],
  kind: PathSegment["kind"],
  what: string,
  [start, end]: readonly [number, number],
  bounds?: readonly [number, number],
): PathSegment {
  const within = bounds && { bounds: { lower: ms(bounds[0]), upper: ms(bounds[1]) } };
  return { side, kind, what, start: ms(start), end: ms(end), ...within };
}

/** A checkpoint, in milliseconds. */
export function checkpointOf(side: Checkpoint["side"], name: string, at: number): Checkpoint {
  return { side, name, at: ms(at) };
}

/** A postcopy phase without faults, but for the fields given. */
export function postcopyOf(known: Partial<Postcopy>): Postcopy {
  return {
    ...{ start: undefined, end: undefined, sections: 0, bytes: 0, pages: undefined },
    ...{ zeroPages: undefined, requests: [], blocked: undefined, threads: [], ...known },
  };
}

/** A request for the first page of `pc.ram` that is in no trace, but for the fields given. */
export function requestOf(known: Partial<PageRequest>): PageRequest {
  return {
    ...{ block: "pc.ram", offset: 0, thread: 0, faulted: undefined, received: undefined },
    ...{ served: undefined, arrived: undefined, kind: "requested", sentBefore: false },
    ...{ via: undefined, ...known },
  };
}
