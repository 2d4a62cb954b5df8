import type { ByteSource } from "./byte-channel.js";
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
}

/** How a destination loads. */
export interface MigrationDestinationOptions {
  /**
   * A machine like the source's, whose memory and devices are overwritten; or an `UnknownMachine`,
   * which takes any guest, a real QEMU's above all.
   */
  readonly machine: Machine | UnknownMachine;
  /** Further connections of the source as they come: multifd's, postcopy's for urgent pages. */
  readonly channels?: AsyncIterable<ByteSource>;
  /** Whether a VMDESCRIPTION follows the end of the state; if left out, it does but for postcopy. */
  readonly vmDescription?: boolean;
  /** Whether to acknowledge the switchover (capability switchover-ack); if left out, not. */
  readonly switchoverAck?: boolean;
  /** Milliseconds for which the source may keep the destination waiting; no limit if left out. */
  readonly stallTimeout?: number;
  /** Aborts the load, without a word to the source. */
  readonly signal?: AbortSignal;
}

/** What a load came to. */
export interface LoadResult {
  /** Bytes read on the main channel. */
  readonly bytes: number;
  readonly items: number;
  readonly pages: PageCounts;
  /** Whether SWITCHOVER_START came. */
  readonly switchoverStart: boolean;
  readonly returnPath: boolean;
  /** Connections beside the main channel that brought something. */
  readonly furtherChannels: number;
  /** What came of asking for pages, if the guest arrived before its memory. */
  readonly postcopy?: RequestedPages;
}
