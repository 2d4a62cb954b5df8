/**
 * What the page's script draws, as the page carries it: columns of numbers, not an object an item.
 * Texts are indices into `strings`. Times are nanoseconds since the migration started; the
 * destination's, where they cannot be placed among the source's, since its first item.
 */
export interface PageData {
  readonly strings: readonly string[];
  /** Whether times of the two sides can be compared. */
  readonly placed: boolean;
  /** Whether the stream was given: without it, items have neither an offset nor a size. */
  readonly streamed: boolean;
  /** The item at which the migration failed, and the side. */
  readonly failed: { readonly item: number; readonly side: Side } | undefined;
  /** The first moment, not above 0, and the last. */
  readonly start: number;
  readonly end: number;
  readonly phases: readonly PagePhase[];
  /**
   * By how many nanoseconds what lies between a time of the source and one of the destination may be
   * shorter, and longer, as the offset of the clocks is only known within bounds.
   */
  readonly slack: readonly [shorter: number, longer: number];
  /** Whether the downtime is that of both sides: not where the load was another guest's. */
  readonly isAcross: boolean;
  /** When the guest stopped and ran again; undefined where that is not known. */
  readonly downtime: readonly [number, number] | undefined;
  readonly checkpoints: readonly PageCheckpoint[];
  readonly items: ItemColumns;
  readonly faults: FaultColumns;
  readonly bytes: readonly ByteCurve[];
}

/** A named stretch of the whole migration. */
export interface PagePhase {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface PageCheckpoint {
  readonly name: string;
  readonly side: Side;
  readonly at: number;
}

export type Side = "source" | "destination";

/** The kinds of items, each a character of `ItemColumns.kinds`. */
export const ITEM_KINDS = {
  c: "configuration",
  k: "command",
  r: "ram",
  d: "device",
  e: "end",
  v: "description",
} as const;

export type ItemKind = (typeof ITEM_KINDS)[keyof typeof ITEM_KINDS];

/** A column has an entry an item. */
export interface ItemColumns {
  readonly labels: readonly number[];
  /** A character an item, of `ITEM_KINDS`. */
  readonly kinds: string;
  /** Each as the difference to the one before. */
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  readonly depths: string;
  readonly source: SideColumns;
  readonly destination: SideColumns;
  /** What else is known of it: name, value, name, value. */
  readonly facts: readonly (readonly number[])[];
  /** Item → the rows of its device state: depth, name, type, value. */
  readonly states: Readonly<Record<string, readonly StateRow[]>>;
}

export type StateRow = readonly [depth: number, name: number, type: number, value: number];

/** How the items stand to one side's trace. */
export interface SideColumns {
  /**
   * A character per item: `p`aired; paired with `b`, an upper bound of its time, or `o`pen, a part of
   * it; un`t`imed, `u`ntraced, `m`issing, `n`o trace.
   */
  readonly statuses: string;
  /** Of paired items: the start, as the difference to the one before; the time it took; how it was found. */
  readonly starts: readonly number[];
  readonly durations: readonly number[];
  /** Of paired and untimed items how they were found, of untraced ones why there is nothing to find. */
  readonly reasons: readonly number[];
  readonly events?: EventColumns;
}

/** The events within each item's time; those that are left out are counted. */
export interface EventColumns {
  readonly total: number;
  /** How many there are, and how many of them the other columns hold: an entry an item. */
  readonly counts: readonly number[];
  readonly kept: readonly number[];
  /** Of the kept ones, item by item: time since the item's start, name, arguments. */
  readonly times: readonly number[];
  readonly names: readonly number[];
  readonly texts: readonly number[];
  /** All events of the trace, counted over stretches of equal length from first moment to last. */
  readonly density: readonly number[];
}

/** Pages that the guest waited for during postcopy: an entry a fault, in the order of time. */
export interface FaultColumns {
  /** Each as the difference to the one before. */
  readonly starts: readonly number[];
  /** Nanoseconds until the page was there. */
  readonly durations: readonly number[];
  readonly blocks: readonly number[];
  readonly offsets: readonly number[];
}

/** How many bytes had been sent or read at a moment. */
export interface ByteCurve {
  readonly name: string;
  readonly side: Side;
  /** Between two points the number is anything between theirs; else it goes straight from one to the next. */
  readonly bounds: boolean;
  /** Time and bytes, each as the difference to the one before. */
  readonly times: readonly number[];
  readonly bytes: readonly number[];
}
