import type { StreamItem } from "../migration/wire/stream-item.js";
import type { PageRequest } from "./page-requests.js";
import type { ClockRelation } from "./relate-clocks.js";
import type { SentPoint } from "./sent-bytes.js";
import type { Tracing } from "./tracing.js";

/** The joint account of a migration. All times are nanoseconds of the source's clock. */
export interface MigrationAccount {
  /** The machine type, as the stream's configuration names it. */
  readonly machine: string | undefined;
  /**
   * Bytes of the main channel, the 8 bytes of magic and version included; undefined where the
   * stream was not given: the items are then those that the traces tell, their offsets only count
   * them, and they have no sizes.
   */
  readonly streamSize: number | undefined;
  /** Bytes of each additional channel (multifd, preempt), in order; empty if there are none. */
  readonly channelBytes: readonly number[];
  /** Bytes of all channels, the main one included; undefined without a stream. */
  readonly totalBytes: number | undefined;
  readonly items: readonly ItemAccount[];
  readonly source: SideSummary | undefined;
  readonly destination: SideSummary | undefined;
  readonly clocks: ClockRelation | undefined;
  /** Passes through dirty memory, which take one sync of the dirty bitmap or several. */
  readonly rounds: readonly Round[];
  /** All syncs of the source's dirty bitmap, before the rounds and at the switchover too. */
  readonly syncs: readonly Sync[];
  /** What was saved and loaded at the switchover, in stream order. */
  readonly devices: readonly DeviceTimes[];
  readonly switchoverStart: SwitchoverStart | undefined;
  readonly downtime: Downtime;
  /** Absent of a migration without postcopy. */
  readonly postcopy: Postcopy | undefined;
  /** How it ended. */
  readonly outcome: Outcome;
  /** What the source was at, by its own word: consecutive, of both RAM and devices. */
  readonly phases: readonly Phase[];
  /** How many bytes of the main channel had left the source when. */
  readonly sent: readonly SentPoint[];
  /** What tracing itself took; undefined where no trace has timestamps. */
  readonly tracing: Tracing | undefined;
  /** What can be said for certain about how to do better. */
  readonly advice: readonly string[];
  /** Which of the attempts in the trace this is the account of; undefined where there is only one. */
  readonly attempt: AttemptNumber | undefined;
  /** All attempts in the source's trace, else the destination's; empty where there is only one. */
  readonly attempts: readonly Attempt[];
  /** What shows that the inputs contradict each other, in words; empty where all is well. */
  readonly problems: readonly string[];
  /** Nanoseconds to which times are known: 1 ms where a trace has whole milliseconds, else 0. */
  readonly resolution: bigint;
  /** What the inputs lack, so that figures are unknown or bounded, and what would provide it. */
  readonly warnings: readonly string[];
  /** From `setup` to the last state (`migrate_set_state`) at the source; of the destination without one. */
  readonly begin: bigint | undefined;
  readonly end: bigint | undefined;
}

/** An item of the stream and when it was sent and read. */
export interface ItemAccount {
  readonly item: StreamItem;
  /** What the item is, such as `ram PART`, `PING`, `EOF`. */
  readonly label: string;
  readonly source: SidePairing;
  readonly destination: SidePairing;
}

/** How an item stands to one side's trace. */
export type SidePairing =
  | {
      readonly status: "paired";
      readonly start: bigint;
      readonly end: bigint;
      /**
       * Where an event that starts or ends it is missing: `bound`, it took at most this long, as the
       * thread was at something else before and after; `open`, this is only what was seen of it.
       */
      readonly interval?: "bound" | "open";
      readonly how: string;
    }
  /** Matched by its place in a trace that has no timestamps. */
  | { readonly status: "untimed"; readonly how: string }
  /** QEMU traces nothing for items of this kind on this side. */
  | { readonly status: "untraced"; readonly why: string }
  /** An event there should be, and none was found. */
  | { readonly status: "missing" }
  /** There is no trace of this side. */
  | { readonly status: "no trace" };

/** How long a device (or RAM) took to be saved and loaded, and how large it was. */
export interface DeviceTimes {
  /** The idstr, with the instance id after a `#` where it is not 0. */
  readonly name: string;
  /** Offset of its first section; undefined where only QEMU's own figures name the device. */
  readonly offset: number | undefined;
  /** Bytes of its END and FULL sections that count as downtime; undefined without a stream. */
  readonly bytes: number | undefined;
  /**
   * Nanoseconds of the END and FULL sections that count as downtime: 0 where all were sent after the
   * guest ran at the destination, undefined where the side's trace does not show it.
   */
  readonly save: bigint | undefined;
  /** Whether `save` is an upper bound, as the event that ends it is missing. */
  readonly saveIsBound: boolean;
  readonly load: bigint | undefined;
  readonly loadIsBound: boolean;
  /** Its sections that were sent after the guest ran (postcopy), which cost no downtime. */
  readonly postcopy: PostcopyTimes | undefined;
}

/** What was sent of a device after the guest ran; undefined where it is not known. */
export interface PostcopyTimes {
  readonly bytes: number | undefined;
  readonly save: bigint | undefined;
  readonly load: bigint | undefined;
}

/** How far a side's trace and the stream agree. */
export interface SideSummary {
  /** Items that QEMU traces on this side. */
  readonly expected: number;
  readonly paired: number;
  /** What the trace tells and no item answers to. */
  readonly strays: readonly StrayMark[];
}

/** Something that a trace tells and no item of the stream answers to. */
export interface StrayMark {
  readonly key: string;
  readonly events: string;
  /** Undefined in a trace without timestamps. */
  readonly at: bigint | undefined;
}

/** How a migration ended by both traces; where they disagree, the worse outcome. */
export interface Outcome {
  /** QEMU's name of the last state: `completed`, `failed`, `cancelled`, `active` of one that was cut. */
  readonly state: string | undefined;
  /** What went wrong, in QEMU's words: the destination's before the source's. */
  readonly error: string | undefined;
  /** Of a migration that failed: at which side and item. */
  readonly failure: MigrationFailure | undefined;
}

/** Where a migration failed. */
export interface MigrationFailure {
  readonly side: "source" | "destination";
  /** All that QEMU reported, the cause first: error lines on stderr and `migrate_error`. */
  readonly errors: readonly string[];
  /** The index in `items` of the item that it failed at. */
  readonly item: number | undefined;
  /** The section's name and instance in QEMU's message. */
  readonly device: string | undefined;
  readonly instance: number | undefined;
  /** What would help, where the cause is a known one. */
  readonly hint: string | undefined;
}

/** Which of several attempts an account is of. */
export interface AttemptNumber {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** One of several attempts to migrate in a trace. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** Nanoseconds of the trace's own clock; undefined without timestamps. */
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  /** QEMU's name of its last state. */
  readonly state: string | undefined;
  /** Bytes that it sent, by the source's count; undefined where that was not traced. */
  readonly bytes: number | undefined;
}

/** A stretch of the migration. */
export interface Phase {
  readonly name: string;
  /** The state that QEMU was in, as `migrate_set_state` names it. */
  readonly state: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** A sync of the dirty bitmap (`migration_bitmap_sync_start` and `_end`). */
export interface Sync {
  /** Nanoseconds; undefined in a trace without timestamps. */
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  /** Bytes that were to be sent right after it, where the source reported them. */
  readonly pending: number | undefined;
  /**
   * Pages that it found newly dirty; undefined about one second after QEMU's count started from 0, where
   * it is not known whether the count started again.
   */
  readonly dirtyPages: number | undefined;
}

/**
 * One pass through dirty memory. It starts with a sync of the dirty bitmap and ends with the first
 * sync by which most of what was dirty at its start had been sent; the syncs in between (QEMU with
 * `postcopy-ram` synchronises at nearly every iteration) do not start another one.
 */
export interface Round {
  /** From 1. */
  readonly number: number;
  /** Nanoseconds; undefined in a trace without timestamps, and where the end would be before the start. */
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  /** Syncs of the dirty bitmap in it, the one at its start included. */
  readonly syncs: number;
  /**
   * Whether the source went through most of what was dirty at its start; undefined where the trace does
   * not show how much was dirty or left.
   */
  readonly complete: boolean | undefined;
  /** Bytes of dirty memory at its begin, where the source told (such as `migrate_pending_exact`). */
  readonly pending: number | undefined;
  /** Pages that the sync at its begin found newly dirty (`migration_bitmap_sync_end`). */
  readonly dirtyPages: number | undefined;
  /** Bytes that went to the channels in it, all of them, by the source's count. */
  readonly transferred: number | undefined;
  /** Bytes a second; undefined of a round without length. */
  readonly rate: number | undefined;
  /**
   * Whether less memory was dirty at its end than at its start; undefined where that is unknown, or the
   * round was not complete.
   */
  readonly converging: boolean | undefined;
  /** PART sections sent in it, and their bytes: 0 without a stream. */
  readonly sections: number;
  readonly bytes: number;
  /**
   * Pages sent in full, as XBZRLE or compressed, by main channel and multifd channels; undefined
   * where neither the stream nor `multifd_send_ram_fill` tells.
   */
  readonly pages: number | undefined;
  /** Pages of zeros, likewise. */
  readonly zeroPages: number | undefined;
}

/** The part of a migration in which the guest ran at the destination and lacked pages. */
export interface Postcopy {
  /** When the guest ran at the destination, else when the source was `postcopy-active`. */
  readonly start: bigint | undefined;
  /** When the last page was there; `start` where none was missing any more when the guest ran. */
  readonly end: bigint | undefined;
  /** Sections of RAM sent in it on the main channel, and their bytes: 0 without a stream. */
  readonly sections: number;
  readonly bytes: number;
  /** Pages on the main channel; undefined without a stream. */
  readonly pages: number | undefined;
  /** Pages of zeros, likewise. */
  readonly zeroPages: number | undefined;
  /** In the order of the destination's faults. */
  readonly requests: readonly PageRequest[];
  /** Nanoseconds in which at least one thread of the guest waited for a page. */
  readonly blocked: bigint | undefined;
  readonly threads: readonly WaitingThread[];
}

/** A thread that waited for pages. */
export interface WaitingThread {
  /** Its id; 0 where the kernel does not tell. */
  readonly thread: number;
  readonly faults: number;
  /** Nanoseconds that it waited. */
  readonly blocked: bigint;
}

/** The command that marks the switchover in the stream. */
export interface SwitchoverStart {
  /** Absolute offset of the command; undefined without a stream. */
  readonly offset: number | undefined;
  readonly sent: bigint | undefined;
  readonly received: bigint | undefined;
}

/** When the guest stood still, by several measures; each absent where the traces do not show it. */
export interface Downtime {
  /**
   * The guest stopped at the source (`vm_state_notify`); where that is not traced, `src-vm-stopped`, by
   * which it had stopped.
   */
  readonly stopped: bigint | undefined;
  /**
   * The guest ran at the destination (`vm_state_notify`), placed on the source's clock by
   * `clocks.offset`.
   */
  readonly running: bigint | undefined;
  /**
   * The guest ran on at the source: it was only saved (background snapshot, `migrate file:`), or the
   * migration failed or was cancelled.
   */
  readonly resumed: bigint | undefined;
  /**
   * Nanoseconds that the guest stood still: from `stopped` until it ran at the destination; of one that
   * ran on at the source, from `src-downtime-start` until then. Undefined where the clocks are not
   * known well enough to state it.
   */
  readonly guest: bigint | undefined;
  /** Between which lengths `guest` lies for certain, in nanoseconds; equal where it is exact. */
  readonly guestBounds: Bounds;
  /** From `src-downtime-start` to `src-downtime-end`: what `query-migrate` calls downtime. */
  readonly reported: bigint | undefined;
  /**
   * Nanoseconds from the guest's stop to the end of the last save before it ran again, all by the
   * source's clock; undefined where an event of these is missing.
   */
  readonly source: bigint | undefined;
  /**
   * Nanoseconds from the start of the load of what was sent first after the guest's stop to the
   * guest's run, all by the destination's clock; undefined where an event of these is missing. Without
   * a source's trace, of what follows the last section of RAM.
   */
  readonly destination: bigint | undefined;
  /**
   * The stream was written to a file, or the guest ran on at the source: the load, `destination`, is another guest's, and not part of the downtime.
   */
  readonly separateLoad: boolean;
  readonly checkpoints: readonly Checkpoint[];
  /**
   * As long as `guest`, without gap or overlap; of a stream that was written to a file, until the source
   * was done. Empty where that is unknown.
   */
  readonly path: readonly PathSegment[];
}

/** Between which lengths something lies, in nanoseconds; undefined where nothing bounds it. */
export interface Bounds {
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
}

/** A stretch of the downtime's critical path. */
export interface PathSegment {
  readonly side: "source" | "wire" | "destination";
  /**
   * `stop`: until the first item behind the guest's stop; `save` and `load` of an item; `wait`: for
   * bytes; `resume`: from the last load to the guest's run; `unexplained`: no event tells.
   */
  readonly kind: "stop" | "save" | "wait" | "load" | "resume" | "unexplained";
  /** The item's label, or what it lies between. */
  readonly what: string;
  readonly start: bigint;
  readonly end: bigint;
  /**
   * Of the segment that starts by the source's clock and ends by the destination's, and of the first
   * one where the guest's stop is not known exactly: between which lengths it lies, in nanoseconds.
   * Absent of all others, and where these are exact.
   */
  readonly bounds?: Bounds;
}

/** A `vmstate_downtime_checkpoint` of either side. */
export interface Checkpoint {
  readonly name: string;
  readonly side: "source" | "destination";
  readonly at: bigint;
}
