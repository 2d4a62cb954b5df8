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
  readonly items: readonly ItemAccount[];
  readonly source: SideSummary | undefined;
  readonly destination: SideSummary | undefined;
  readonly clocks: ClockRelation | undefined;
  readonly rounds: readonly Round[];
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
  /** Which of the source's attempts this is the account of; undefined where it made only one. */
  readonly attempt: Attempt | undefined;
  /** What shows that the inputs do not belong together, in words; empty where all is well. */
  readonly problems: readonly string[];
  /** From the first to the last event of the migration at the source; of the destination without one. */
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
      readonly how: string;
    }
  /** QEMU traces nothing for items of this kind on this side. */
  | { readonly status: "untraced"; readonly why: string }
  /** An event there should be, and none was found. */
  | { readonly status: "missing" }
  /** There is no trace of this side. */
  | { readonly status: "no trace" };

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
  readonly at: bigint;
}

/** How a migration ended, by the source's states, or the destination's without it. */
export interface Outcome {
  /** QEMU's name of the last state: `completed`, `failed`, `cancelled`, `active` of one that was cut. */
  readonly state: string | undefined;
  /** What went wrong, in QEMU's words (`migrate_error`). */
  readonly error: string | undefined;
}

/** One of several attempts to migrate that a source's trace tells. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** A stretch of the migration. */
export interface Phase {
  readonly name: string;
  /** The state that QEMU was in, as `migrate_set_state` names it. */
  readonly state: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** One pass over dirty memory: from one sync of the dirty bitmap to the next. */
export interface Round {
  /** From 1. */
  readonly number: number;
  readonly start: bigint;
  readonly end: bigint;
  /** Bytes of dirty memory at its begin, where the source told (such as `migrate_pending_exact`). */
  readonly pending: number | undefined;
  /** Pages that the sync at its begin found newly dirty (`migration_bitmap_sync_end`). */
  readonly dirtyPages: number | undefined;
  /** Bytes that went to the channels in it, all of them, by the source's count. */
  readonly transferred: number | undefined;
  /** Bytes a second; undefined of a round without length. */
  readonly rate: number | undefined;
  /** Whether less memory was dirty at its end than at its begin; undefined where that is not told. */
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

/** When the guest stood still, by several measures; each absent where the traces do not tell. */
export interface Downtime {
  /** The guest stopped at the source (`vm_state_notify`). */
  readonly stopped: bigint | undefined;
  /** The guest ran at the destination (`vm_state_notify`). */
  readonly running: bigint | undefined;
  /** `running - stopped`: what the guest felt. */
  readonly guest: bigint | undefined;
  /** From `src-downtime-start` to `src-downtime-end`: what `query-migrate` calls downtime. */
  readonly reported: bigint | undefined;
  readonly checkpoints: readonly Checkpoint[];
  /** From `stopped` to `running` without gap or overlap; empty where one of them is not told. */
  readonly path: readonly PathSegment[];
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
}

/** A `vmstate_downtime_checkpoint` of either side. */
export interface Checkpoint {
  readonly name: string;
  readonly side: "source" | "destination";
  readonly at: bigint;
}
