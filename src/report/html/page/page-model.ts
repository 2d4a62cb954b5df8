import { assignRows, type Span } from "../../assign-rows.js";
import {
  type EventColumns,
  ITEM_KINDS,
  type ItemKind,
  type PageData,
  type Side,
  type SideColumns,
  type StateRow,
} from "../page-data.js";

/** One side of all items, an entry an item; times are NaN where the item was not found. */
export interface SideModel {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** As in `SideColumns`. */
  readonly statuses: string;
  readonly reasons: readonly string[];
  /** Rows in which no two items overlap. */
  readonly rows: readonly number[];
  readonly rowCount: number;
  readonly events: EventColumns | undefined;
  /** Where an item's events begin in the columns of kept ones. */
  readonly firstEvent: Int32Array;
}

/** The page's data, ready to be drawn. */
export interface PageModel {
  readonly count: number;
  /** Whether times of the two sides can be compared. */
  readonly placed: boolean;
  /** As in `PageData`. */
  readonly slack: PageData["slack"];
  readonly isAcross: boolean;
  /** Whether items have an offset and a size. */
  readonly streamed: boolean;
  /** The item at which the migration failed, and the side. */
  readonly failed: PageData["failed"];
  readonly start: number;
  readonly end: number;
  readonly labels: readonly string[];
  readonly kinds: readonly ItemKind[];
  readonly offsets: Float64Array;
  readonly sizes: readonly number[];
  readonly depths: readonly number[];
  readonly source: SideModel;
  readonly destination: SideModel;
  readonly phases: PageData["phases"];
  readonly downtime: PageData["downtime"];
  readonly checkpoints: PageData["checkpoints"];
  readonly bytes: readonly CurveModel[];
  readonly faults: FaultModel;
  readonly facts: (item: number) => [name: string, value: string][];
  readonly state: (item: number) => readonly StateRow[];
  readonly text: (index: number) => string;
}

/** Pages that the guest waited for, in the order of time. */
export interface FaultModel {
  readonly count: number;
  readonly start: Float64Array;
  readonly duration: readonly number[];
  /** The longest, in nanoseconds. */
  readonly longest: number;
  readonly name: (fault: number) => string;
}

/** A curve of bytes over time. */
export interface CurveModel {
  readonly name: string;
  readonly side: Side;
  readonly bounds: boolean;
  readonly times: Float64Array;
  readonly bytes: Float64Array;
}

/** Reads the columns of a page's data. */
export function readPageModel(data: PageData): PageModel {
  const { items, strings } = data;
  const text = (index: number) => strings[index] ?? "";
  const labels = items.labels.map(text);
  return {
    count: labels.length,
    placed: data.placed,
    ...{ streamed: data.streamed, slack: data.slack, isAcross: data.isAcross },
    failed: data.failed,
    start: data.start,
    end: data.end,
    labels,
    kinds: Array.from(items.kinds, (kind) => ITEM_KINDS[kind as keyof typeof ITEM_KINDS]),
    offsets: runningSum(items.offsets),
    sizes: items.sizes,
    depths: Array.from(items.depths, Number),
    source: readSide(items.source, labels.length, text),
    destination: readSide(items.destination, labels.length, text),
    phases: data.phases,
    downtime: data.downtime,
    checkpoints: data.checkpoints,
    bytes: data.bytes.map(({ name, side, bounds, times, bytes }) => ({
      name,
      side,
      bounds,
      times: runningSum(times),
      bytes: runningSum(bytes),
    })),
    faults: readFaults(data.faults, text),
    facts: (item) => pairs(items.facts[item] ?? [], text),
    state: (item) => items.states[item] ?? [],
    text,
  };
}

function readFaults(
  { starts, durations, blocks, offsets }: PageData["faults"],
  text: (index: number) => string,
): FaultModel {
  return {
    count: starts.length,
    start: runningSum(starts),
    duration: durations,
    longest: durations.reduce((most, duration) => Math.max(most, duration), 0),
    name: (fault) => `${text(blocks[fault]!)} 0x${offsets[fault]!.toString(16)}`,
  };
}

function readSide(
  { statuses, starts, durations, reasons, events }: SideColumns,
  count: number,
  text: (index: number) => string,
): SideModel {
  const start = new Float64Array(count).fill(Number.NaN);
  const end = new Float64Array(count).fill(Number.NaN);
  const moments = runningSum(starts);
  let [paired, reasoned] = [0, 0];
  const why: string[] = [];
  const spans: (Span | undefined)[] = [];
  for (let item = 0; item < count; item++) {
    const status = statuses[item]!;
    why.push("mn".includes(status) ? "" : text(reasons[reasoned++]!));
    if (isTimed(status)) {
      start[item] = moments[paired]!;
      end[item] = start[item]! + durations[paired]!;
      spans.push({ start: start[item]!, end: end[item]! });
      paired++;
    } else spans.push(undefined);
  }
  const rows = assignRows(spans);
  const rowCount = rows.reduce((most, row) => Math.max(most, row), 0) + 1;
  return {
    ...{ start, end, statuses, reasons: why, rows, rowCount, events },
    firstEvent: Int32Array.from(positions(events?.kept ?? [])),
  };
}

/** Whether an item of this status has times. */
function isTimed(status: string): boolean {
  return "pbo".includes(status);
}

function positions(counts: readonly number[]): number[] {
  let at = 0;
  return counts.map((count) => {
    at += count;
    return at - count;
  });
}

function runningSum(differences: readonly number[]): Float64Array {
  let value = 0;
  return Float64Array.from(differences, (difference) => {
    value += difference;
    return value;
  });
}

function pairs(indices: readonly number[], text: (index: number) => string): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < indices.length; at += 2) {
    found.push([text(indices[at]!), text(indices[at + 1]!)]);
  }
  return found;
}
