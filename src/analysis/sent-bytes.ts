import type { StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import { numberArgument } from "./mark.js";
import { partitionPoint } from "./partition-point.js";
import { isDevice, savesDevicesFirst } from "./saves-devices-first.js";
import { sectionKeyOf } from "./source-marks.js";

/** A moment at which the source told how many bytes of the main channel had gone. */
export interface SentPoint {
  readonly at: bigint;
  readonly bytes: number;
}

/** When a byte left the source: after `earliest`, at which it had not gone, and by `latest`. */
export interface SentWindow {
  readonly earliest: bigint | undefined;
  readonly latest: bigint | undefined;
}

/**
 * Bytes over time, of the source's `migration_transferred_bytes`: what its main channel had passed
 * on at each moment (QEMU migration/migration-stats.c). Only moments around a change are kept.
 */
export class SentBytes {
  readonly points: readonly SentPoint[];
  readonly #resolution: bigint;

  /**
   * `items` tell what was packed: QEMU counts a package twice, when it is filled and when it is sent.
   * `resolution`: nanoseconds to which times are known, where these are too coarse to show an order.
   */
  constructor(
    source: readonly EventRecord[],
    items: readonly StreamItem[] = [],
    resolution: bigint = 0n,
  ) {
    this.#resolution = resolution;
    this.points = changes(source, [...items.flatMap(packageOf), ...snapshotOf(items, source)]);
  }

  /** When the byte at an offset of the main channel left. */
  window(offset: number): SentWindow {
    const gone = this.#first(({ bytes }) => bytes > offset);
    return { earliest: this.points[gone - 1]?.at, latest: this.points[gone]?.at };
  }

  /** How many bytes had gone at a moment, at least; undefined before the first that is told. */
  bytesAt(time: bigint): number | undefined {
    const before = time - this.#resolution;
    return this.points[this.#first(({ at }) => at > before) - 1]?.bytes;
  }

  /**
   * Whether the count at a time is known to be of the interval up to it: one was made in it, or the
   * next one is still the same.
   */
  isRecent(after: bigint, until: bigint): boolean {
    if (this.#resolution > 0n) return false;
    const next = this.#first(({ at }) => at > until);
    const [last, then] = [this.points[next - 1], this.points[next]];
    return last !== undefined && (last.at > after || last.bytes === then?.bytes);
  }

  #first(holds: (point: SentPoint) => boolean): number {
    return partitionPoint(this.points.length, (index) => holds(this.points[index]!));
  }
}

interface Package {
  /** Where it would stand if it went when it is filled: at PACKAGED's place. */
  readonly offset: number;
  readonly length: number;
}

function packageOf(item: StreamItem): Package[] {
  if (item.type !== "command" || item.command.name !== "PACKAGED") return [];
  return [{ offset: item.offset, length: item.command.length }];
}

/** The devices of a background snapshot, which are counted when they are saved, before memory goes. */
function snapshotOf(items: readonly StreamItem[], source: readonly EventRecord[]): Package[] {
  const first = source.find(({ name }) => /^savevm_section_(start|end)$/.test(name));
  if (!first || !savesDevicesFirst(items, sectionKeyOf(first))) return [];
  const memory = items.find(({ type }) => type === "section-part");
  const behind = items.slice(items.findIndex(isDevice));
  if (!memory) return [];
  return [{ offset: memory.offset, length: behind.reduce((sum, { size }) => sum + size, 0) }];
}

/** The offset in the main channel that a count stands for: none of a package goes while it is filled. */
function offsetOf(count: number, packages: readonly Package[]): number {
  let offset = count;
  for (const { offset: start, length } of packages) {
    if (offset > start) offset = Math.max(start, offset - length);
  }
  return offset;
}

/** Events from which on bytes are those of the stream. */
const STREAM_EVENTS: ReadonlySet<string> = new Set([
  "savevm_command_send",
  "savevm_section_start",
  "savevm_state_header",
  "savevm_state_setup",
]);

/** How many bytes a source sent on all channels, by its last count; undefined where it made none. */
export function bytesSent(source: readonly EventRecord[]): number | undefined {
  const counts = source.filter(({ name }) => name === "migration_transferred_bytes");
  const last = counts.at(-1);
  return last && bytesOfAllChannels(last);
}

/** What a `migration_transferred_bytes` counts, on all channels. */
export function bytesOfAllChannels(record: EventRecord): number {
  return ["qemu_file", "multifd", "rdma"].reduce(
    (sum, name) => sum + (numberArgument(record, name) ?? 0),
    0,
  );
}

/** The last count of the main channel's bytes in some records. */
function countIn(records: readonly EventRecord[]): number {
  const last = records.findLast(({ name }) => name === "migration_transferred_bytes");
  return (last && numberArgument(last, "qemu_file")) ?? 0;
}

/** Of each run of equal counts the first and the last: the bounds of the change between them. */
function changes(source: readonly EventRecord[], packages: readonly Package[]): SentPoint[] {
  const points: SentPoint[] = [];
  // What was counted before the stream's header is not of the stream, such as the channel of CPR.
  const start = source.findIndex(({ name }) => STREAM_EVENTS.has(name));
  const earlier = countIn(source.slice(0, Math.max(0, start)));
  for (const record of source) {
    if (record.name !== "migration_transferred_bytes") continue;
    const counted = numberArgument(record, "qemu_file") ?? 0;
    const bytes = offsetOf(Math.max(0, counted - earlier), packages);
    const point = { at: record.timestamp, bytes };
    const [before, last] = points.slice(-2);
    if (last && bytes < last.bytes) continue;
    if (last?.bytes === bytes && before?.bytes === bytes) points[points.length - 1] = point;
    else points.push(point);
  }
  return points;
}
