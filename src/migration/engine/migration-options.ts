import type { AutoConvergeOptions } from "./auto-converge.js";
import type { ByteSink, ByteSource } from "./byte-channel.js";
import type { Machine } from "./machine.js";
import type { RequestedPages } from "./page-requests.js";
import type { PageCounts } from "./ram-source.js";
import type { UnknownMachine } from "./unknown-machine.js";

/** How a source migrates. */
export interface MigrationSourceOptions {
  /** The guest that is to go; it runs until the switchover. */
  readonly machine: Machine;
  /** Bytes in a second; 0 for no limit. 128 MiB if left out, as in QEMU. */
  readonly maxBandwidth?: number;
  /** Milliseconds for which the guest may stand still at the switchover. 300 if left out. */
  readonly downtimeLimit?: number;
  /** Whether the destination answers. If left out, it does wherever the channel can be read. */
  readonly returnPath?: boolean;
  /** Whether to send SWITCHOVER_START; if left out, the machine type decides. */
  readonly sendSwitchoverStart?: boolean;
  /** Milliseconds for which the destination may keep the source waiting; no limit if left out. */
  readonly stallTimeout?: number;
  /** Cancels the migration; the guest goes on where it is. */
  readonly signal?: AbortSignal;
  /** Whether pages of zeros are sent as such; if left out, they are. */
  readonly zeroPages?: boolean;
  /** Sends of a page that was sent before only what changed, as far as the cache reaches. */
  readonly xbzrle?: XbzrleOptions;
  /** Holds the guest back if it dirties memory faster than that goes. */
  readonly autoConverge?: AutoConvergeOptions;
  /** Sends pages by channels of their own. */
  readonly multifd?: MultifdOptions;
  /**
   * Gives each page its place in a file (capability mapped-ram); wants an `OffsetSink`, and goes
   * together neither with XBZRLE nor with postcopy, nor here with multifd.
   */
  readonly mappedRam?: boolean;
  /**
   * Whether the guest may go before its memory, once `startPostcopy` is called. If the connection is
   * lost then, `resume` goes on by another one.
   */
  readonly postcopy?: boolean;
  /**
   * Bytes in a second once the guest is there; 0, as where it is left out, for no limit. Pages that
   * the destination asks for wait for nothing.
   */
  readonly maxPostcopyBandwidth?: number;
  /**
   * Sends pages that the destination asks for by a channel of their own (capability
   * postcopy-preempt), which the destination must expect; goes together with `postcopy` only.
   */
  readonly postcopyPreempt?: PreemptOptions;
  /** Whether the switchover waits for `continueSwitchover`, the guest standing still. */
  readonly pauseBeforeSwitchover?: boolean;
  /**
   * Whether the switchover waits for the destination to acknowledge it on the return path: of machine
   * types up to 11.0, as in newer ones only devices can ask for it, and none of ours does.
   */
  readonly switchoverAck?: boolean;
}

/** How pages are remembered for XBZRLE. */
export interface XbzrleOptions {
  /** Bytes of pages that are remembered; 64 MiB if left out, as in QEMU. */
  readonly cacheSize?: number;
}

/** The channels that pages go by. */
export interface MultifdOptions {
  /** How many channels. */
  readonly channels: number;
  /** Opens one more connection to where the main channel leads. */
  readonly connect: () => ByteSink | Promise<ByteSink>;
}

/** The channel for pages that are asked for. */
export interface PreemptOptions {
  /** Opens one more connection to where the main channel leads; again, when postcopy goes on. */
  readonly connect: () => ByteSink | Promise<ByteSink>;
}

/** What a migration came to, at the source. */
export interface MigrationResult {
  /** Bytes sent. */
  readonly bytes: number;
  /** How often the dirty log was taken over. */
  readonly dirtySyncs: number;
  readonly pages: PageCounts;
  /** Milliseconds until the first page could go. */
  readonly setupTime: number;
  /** Milliseconds in all. */
  readonly totalTime: number;
  /** Milliseconds from stopping the guest to the end. */
  readonly downtime: number;
  readonly switchoverStartSent: boolean;
  /** Pages that the guest dirtied in a second, by the last second or so; 0 if it took less. */
  readonly dirtyRate: number;
}

/** How a destination loads. */
export interface MigrationDestinationOptions {
  /**
   * A machine like the source's, whose memory and devices are overwritten; or an `UnknownMachine`,
   * which takes any guest, a real QEMU's above all.
   */
  readonly machine: Machine | UnknownMachine;
  /**
   * Further connections of the source as they come: multifd's, postcopy's for urgent pages, those by
   * which a postcopy goes on whose connection was lost.
   */
  readonly channels?: AsyncIterable<ByteSource>;
  /** Bytes of guest memory that are accepted, by the blocks' sizes; 2^30 pages if left out. */
  readonly maxMemory?: number;
  /** Whether a VMDESCRIPTION follows the end of the state; if left out, it does but for postcopy. */
  readonly vmDescription?: boolean;
  /**
   * Whether to acknowledge the switchover (capability switchover-ack); if left out, not. Never done
   * for machine types from 11.1 on, whose source has not asked for it.
   */
  readonly switchoverAck?: boolean;
  /** Milliseconds for which the source may keep the destination waiting; no limit if left out. */
  readonly stallTimeout?: number;
  /**
   * Milliseconds for which a postcopy whose connection was lost waits for another one among
   * `channels`, by which its source goes on; no limit if left out.
   */
  readonly pauseTimeout?: number;
  /** Told why a postcopy has paused, each time. */
  readonly onPaused?: (reason: Error) => void;
  /** Called with what a source did out of place, where that does not fail the load. */
  readonly onWarning?: (message: string) => void;
  /** Aborts the load, without a word to the source. */
  readonly signal?: AbortSignal;
}

/** What a load came to. */
export interface LoadResult {
  /** Bytes read on the main channel, and on those by which a paused postcopy went on. */
  readonly bytes: number;
  readonly items: number;
  readonly pages: PageCounts;
  /** Whether SWITCHOVER_START came. */
  readonly switchoverStart: boolean;
  readonly returnPath: boolean;
  /** Connections beside the main channel that brought something. */
  readonly furtherChannels: number;
  /** How often its connection was lost in postcopy, and it went on by another one. */
  readonly pauses: number;
  /** What came of asking for pages, if the guest arrived before its memory. */
  readonly postcopy?: RequestedPages;
}
