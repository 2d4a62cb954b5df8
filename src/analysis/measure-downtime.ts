import type { EventRecord } from "../traces/record.js";
import type { Bounds, Checkpoint, Downtime, ItemAccount } from "./account.js";
import { numberArgument, textArgument } from "./mark.js";
import { byTime, latest } from "./moments.js";
import { postcopyBegin } from "./postcopy-begin.js";
import {
  type BoundedDuration,
  type ClockRelation,
  spanAcross,
  toSourceClock,
} from "./relate-clocks.js";

/** What the measures are made of; records of each side by its own clock. */
export interface DowntimeInput {
  readonly source: readonly EventRecord[];
  readonly destination: readonly EventRecord[];
  /** Undefined where times of the two sides cannot be compared. */
  readonly clocks: ClockRelation | undefined;
  /** When the guest stopped (`findStop`). */
  readonly stopped: bigint | undefined;
  /** The items, on the source's clock. */
  readonly items: readonly ItemAccount[];
  /** When the source was done, by its last state. */
  readonly completed: bigint | undefined;
  /** The stream was written to a file. */
  readonly toFile: boolean;
}

/** When the guest stopped at the source: its first stop in the downtime as QEMU counts it. */
export function findStop(source: readonly EventRecord[]): bigint | undefined {
  const start = checkpointAt(source, "src-downtime-start");
  const stop = source.find(
    (record) => isNotify(record, 0) && (start === undefined || record.timestamp >= start),
  );
  return stop?.timestamp ?? checkpointAt(source, "src-vm-stopped");
}

/**
 * How long the guest stood still. It ends where the guest runs at the destination; where it ran on at
 * the source, as after a snapshot, it ends there. QEMU's own figure ends when the source is told, or
 * has written its last byte.
 */
export function measureDowntime(input: DowntimeInput): Omit<Downtime, "path"> {
  const { source, destination, clocks, stopped, items, completed, toFile } = input;
  const run = destination.find((record) => isNotify(record, 1))?.timestamp;
  const resumed =
    stopped === undefined
      ? undefined
      : source.find((record) => isNotify(record, 1) && record.timestamp > stopped)?.timestamp;
  const separateLoad = toFile || resumed !== undefined || startsAfter(items, clocks, completed);
  // QEMU stops all processors between its start of the downtime and the event of the stop.
  const own = {
    lower: difference(resumed, stopped),
    upper: difference(resumed, checkpointAt(source, "src-downtime-start") ?? stopped),
  };
  const parts = {
    source: difference(lastSave(items, stopped), stopped),
    destination: destinationPart(items, run, clocks, stopped),
  };
  const across =
    separateLoad || stopped === undefined || run === undefined
      ? { value: undefined, lower: undefined, upper: undefined }
      : spanAcross(clocks, stopped, run);
  const known = separateLoad || run === undefined || clocks?.verdict === "broken";
  const bounds = boundsOf(across, known ? [] : [parts.source, parts.destination]);
  return {
    stopped,
    running: run === undefined ? undefined : toSourceClock(clocks, run),
    resumed,
    guest: own.upper ?? across.value,
    guestBounds: own.upper === undefined ? bounds : own,
    reported: difference(
      checkpointAt(source, "src-downtime-end"),
      checkpointAt(source, "src-downtime-start"),
    ),
    ...parts,
    separateLoad,
    checkpoints: [
      ...findCheckpoints(source, "source", (time) => time),
      ...findCheckpoints(destination, "destination", (time) => toSourceClock(clocks, time)),
    ].sort((a, b) => byTime(a.at, b.at)),
  };
}

/** The downtime is at least as long as each side's own part of it. */
function boundsOf(
  { value, lower, upper }: BoundedDuration,
  parts: readonly (bigint | undefined)[],
): Bounds {
  const least = latest([lower, ...parts]);
  const within = value !== undefined && least !== undefined && value < least;
  return { lower: within ? value : least, upper };
}

/**
 * Whether the destination read its first item only after the source was done, for certain: a file that
 * was loaded later.
 */
function startsAfter(
  items: readonly ItemAccount[],
  clocks: ClockRelation | undefined,
  completed: bigint | undefined,
): boolean {
  if (!clocks || clocks.verdict === "broken" || completed === undefined) return false;
  if (clocks.upper === undefined) return false;
  const first = items.find(({ destination }) => destination.status === "paired")?.destination;
  if (first?.status !== "paired") return false;
  const slack = clocks.upper - clocks.offset;
  return first.start - slack > completed;
}

function lastSave(items: readonly ItemAccount[], stopped: bigint | undefined): bigint | undefined {
  if (stopped === undefined) return undefined;
  const precopy = items.slice(0, postcopyBegin(items.map(({ item }) => item)));
  const ends = precopy.flatMap(({ source }) =>
    source.status === "paired" && source.start >= stopped ? [source.end] : [],
  );
  return latest(ends);
}

/** From the load of what was sent first after the stop until the guest's run. */
function destinationPart(
  items: readonly ItemAccount[],
  run: bigint | undefined,
  clocks: ClockRelation | undefined,
  stopped: bigint | undefined,
): bigint | undefined {
  if (run === undefined) return undefined;
  const running = toSourceClock(clocks, run);
  const lastRam = items.findLastIndex(({ item }) => item.type === "section-part");
  const first = items.find(({ source, destination }, index) => {
    if (destination.status !== "paired" || destination.start > running) return false;
    if (stopped === undefined) return index > lastRam;
    return source.status === "paired" && source.start >= stopped;
  });
  if (first?.destination.status !== "paired") return undefined;
  return running - first.destination.start;
}

function difference(later: bigint | undefined, earlier: bigint | undefined): bigint | undefined {
  return later === undefined || earlier === undefined ? undefined : later - earlier;
}

function isNotify(record: EventRecord, running: number): boolean {
  return record.name === "vm_state_notify" && numberArgument(record, "running") === running;
}

function checkpointAt(records: readonly EventRecord[], name: string): bigint | undefined {
  return records.find(
    (record) =>
      record.name === "vmstate_downtime_checkpoint" && textArgument(record, "checkpoint") === name,
  )?.timestamp;
}

function findCheckpoints(
  records: readonly EventRecord[],
  side: Checkpoint["side"],
  toSourceClock: (time: bigint) => bigint,
): Checkpoint[] {
  return records
    .filter((record) => record.name === "vmstate_downtime_checkpoint")
    .map((record) => ({
      name: textArgument(record, "checkpoint") ?? "",
      side,
      at: toSourceClock(record.timestamp),
    }));
}
