import { isSection } from "../migration/wire/stream-item.js";
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
  readonly stop: GuestStop | undefined;
  /** Which items the source sent after the guest's stop, by the order of its events (`sentAfter`). */
  readonly stopped: readonly (boolean | undefined)[] | undefined;
  /** The items, on the source's clock. */
  readonly items: readonly ItemAccount[];
  /** The stream was written to a file. */
  readonly toFile: boolean;
}

/** When the guest stopped at the source. */
export interface GuestStop {
  /** By then it had stopped. */
  readonly at: bigint;
  /** Before then it ran; undefined where nothing shows it. */
  readonly earliest: bigint | undefined;
}

/** When the guest stopped at the source: its first stop in the downtime as QEMU counts it. */
export function findStop(source: readonly EventRecord[]): GuestStop | undefined {
  const start = checkpointAt(source, "src-downtime-start");
  const stop = source.find(
    (record) => isNotify(record, 0) && (start === undefined || record.timestamp >= start),
  )?.timestamp;
  if (stop !== undefined) return { at: stop, earliest: stop };
  const at = checkpointAt(source, "src-vm-stopped");
  return at === undefined ? undefined : { at, earliest: start };
}

/** By how much earlier the guest can have stopped; undefined without a bound. */
export function stopSlack(stop: GuestStop | undefined): bigint | undefined {
  return difference(stop?.at, stop?.earliest);
}

/**
 * Which items the source sent after the guest's stop: of those that it traces nothing of, what the one
 * before was; undefined where the event is missing between one before the stop and one after it.
 */
export function sentAfter(
  items: readonly ItemAccount[],
  stop: GuestStop | undefined,
  resolution: bigint = 0n,
): (boolean | undefined)[] | undefined {
  if (!stop) return undefined;
  let before: boolean | undefined = false;
  return items.map(({ source }) => {
    if (source.status === "missing" && !before) before = undefined;
    if (source.status === "paired") {
      // Coarse times that are equal show no order.
      const unknown = resolution > 0n && source.start === stop.at;
      before = unknown ? undefined : source.start >= stop.at;
    }
    return before;
  });
}

/**
 * How long the guest stood still. It ends where the guest runs at the destination; where it ran on at
 * the source, as after a snapshot, it ends there. QEMU's own figure ends when the source is told, or
 * has written its last byte.
 */
export function measureDowntime(input: DowntimeInput): Omit<Downtime, "path"> {
  const { source, destination, clocks, stop, items, toFile } = input;
  const stopped = stop?.at;
  const run = destination.find((record) => isNotify(record, 1))?.timestamp;
  const resumed = stop && findResume(source, stop.at, run !== undefined && !toFile);
  const separateLoad = toFile || resumed !== undefined;
  // QEMU stops all processors between its start of the downtime and the event of the stop.
  const own = {
    lower: difference(resumed, stopped),
    upper: difference(resumed, checkpointAt(source, "src-downtime-start") ?? stop?.earliest),
  };
  const saved = lastSave(items, stopped, resumed);
  const loading = destinationPart(input, run);
  const across =
    separateLoad || stopped === undefined
      ? nothingKnown
      : run === undefined
        ? untilStarted(destination, clocks, stopped)
        : spanAcross(clocks, stopped, run);
  const known = separateLoad || run === undefined || clocks?.verdict === "broken";
  const least = known ? [] : [difference(saved.atLeast, stopped), loading.atLeast];
  const bounds = boundsOf(across, stopSlack(stop), least);
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
    source: stop?.earliest === stopped ? difference(saved.exact, stopped) : undefined,
    destination: loading.exact,
    separateLoad,
    checkpoints: [
      ...findCheckpoints(source, "source", (time) => time),
      ...findCheckpoints(destination, "destination", (time) => toSourceClock(clocks, time)),
    ].sort((a, b) => byTime(a.at, b.at)),
  };
}

const nothingKnown = { value: undefined, lower: undefined, upper: undefined };

/**
 * Without the event of the guest's run, the downtime between bounds: the guest ran by the time of QEMU's
 * checkpoint for it, and not before the checkpoint that precedes it.
 */
function untilStarted(
  destination: readonly EventRecord[],
  clocks: ClockRelation | undefined,
  stopped: bigint,
): BoundedDuration {
  const checkpoints = findCheckpoints(destination, "destination", (time) => time);
  const started = checkpoints.findIndex(({ name }) => name.endsWith("-bh-vm-started"));
  const [before, at] = [checkpoints[started - 1]?.at, checkpoints[started]?.at];
  return {
    value: undefined,
    lower: before === undefined ? undefined : spanAcross(clocks, stopped, before).lower,
    upper: at === undefined ? undefined : spanAcross(clocks, stopped, at).upper,
  };
}

/** The downtime is at least as long as each side's own part of it. */
function boundsOf(
  { value, lower, upper }: BoundedDuration,
  slack: bigint | undefined,
  parts: readonly (bigint | undefined)[],
): Bounds {
  const least = latest([lower, ...parts]);
  const within = value !== undefined && least !== undefined && value < least;
  const most = upper === undefined || slack === undefined ? undefined : upper + slack;
  return { lower: within ? value : least, upper: most };
}

/**
 * When the guest ran on at the source. What runs there after a migration that completed may be the
 * guest of a process that was started later, and wrote to the same log.
 */
function findResume(
  source: readonly EventRecord[],
  stopped: bigint,
  runsElsewhere: boolean,
): bigint | undefined {
  const resume = source.find((record) => isNotify(record, 1) && record.timestamp > stopped);
  const completed = stateAt(source, "completed") ?? checkpointAt(source, "src-downtime-end");
  if (!resume || completed === undefined || resume.timestamp < completed) return resume?.timestamp;
  const isSame = ({ pid, timestamp }: EventRecord) => pid === resume.pid && timestamp < stopped;
  const certain = !runsElsewhere && resume.pid !== 0 && source.some(isSame);
  return certain ? resume.timestamp : undefined;
}

function stateAt(records: readonly EventRecord[], state: string): bigint | undefined {
  return records.find(
    (record) => record.name === "migrate_set_state" && textArgument(record, "new_state") === state,
  )?.timestamp;
}

/** A moment, undefined where it is not known for certain, and one that it is not before. */
interface AtLeast {
  readonly exact: bigint | undefined;
  readonly atLeast: bigint | undefined;
}

/** The end of the last save before the guest ran again. */
function lastSave(
  items: readonly ItemAccount[],
  stopped: bigint | undefined,
  resumed: bigint | undefined,
): AtLeast {
  if (stopped === undefined) return { exact: undefined, atLeast: undefined };
  const precopy = items.slice(0, postcopyBegin(items.map(({ item }) => item)));
  const isSave = ({ source }: ItemAccount) =>
    source.status === "paired" &&
    source.start >= stopped &&
    (resumed === undefined || source.end <= resumed);
  const saves = precopy.flatMap((account) => {
    return account.source.status === "paired" && isSave(account) ? [account.source] : [];
  });
  const end = latest(saves.map((save) => save.end));
  const last = saves.filter((save) => save.end === end);
  // A bound holds more than the save itself.
  const certain = last.every(({ interval }) => interval === undefined);
  const after = precopy.slice(precopy.findIndex(isSave));
  const shown = after.some(({ item }) => isSection(item));
  const complete = shown && after.every(({ source }) => source.status !== "missing");
  return {
    exact: certain && complete ? end : undefined,
    atLeast: certain ? end : latest(saves.map((save) => save.start)),
  };
}

/** From the load of what was sent first after the stop until the guest's run. */
function destinationPart(
  { source, items, clocks, stopped }: DowntimeInput,
  run: bigint | undefined,
): AtLeast {
  const unknown = { exact: undefined, atLeast: undefined };
  if (run === undefined || (source.length > 0 && !stopped)) return unknown;
  const running = toSourceClock(clocks, run);
  const lastRam = items.findLastIndex(({ item }) => item.type === "section-part");
  const isAfter = (index: number) => (stopped ? stopped[index] : index > lastRam);
  const isLoad = ({ destination }: ItemAccount, index: number) =>
    isAfter(index) === true && destination.status === "paired" && destination.start <= running;
  const index = items.findIndex(isLoad);
  const first = items[index]?.destination;
  if (first?.status !== "paired") return unknown;
  const took = running - first.start;
  const certain = items.slice(0, index).every(({ destination }, before) => {
    return isAfter(before) === false || destination.status === "untraced";
  });
  return { exact: certain && !first.interval ? took : undefined, atLeast: took };
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
