import type { ChannelOutput } from "./channel-output.js";
import type { Entry } from "./entries.js";
import type { GlobalState } from "./globalstate.js";
import type { Machine } from "./machine.js";
import type { PreemptOptions } from "./migration-options.js";
import type { MigrationState } from "./migration-state.js";
import type { MultifdSource } from "./multifd-source.js";
import type { OutgoingConnection } from "./outgoing-connection.js";
import type { RamSource } from "./ram-source.js";
import type { RateLimiter } from "./rate-limiter.js";
import type { ReturnPathListener } from "./return-path-listener.js";
import type { RunControl } from "./run-control.js";
import type { SourceSignals } from "./source-signals.js";
import type { TransferStats } from "./transfer-stats.js";
import type { UrgentChannel } from "./urgent-channel.js";

/** All that takes part in one run of a source. */
export interface SourceRun {
  readonly machine: Machine;
  readonly globalState: GlobalState;
  readonly entries: readonly Entry[];
  readonly connection: OutgoingConnection;
  readonly output: ChannelOutput;
  readonly stats: TransferStats;
  readonly limiter: RateLimiter;
  readonly ram: RamSource;
  readonly state: MigrationState;
  readonly control: RunControl;
  readonly returnPath: ReturnPathListener | undefined;
  readonly multifd: MultifdSource | undefined;
  readonly signals: SourceSignals;
  /** The capabilities that the stream itself names. */
  readonly capabilities: readonly string[];
  readonly sendSwitchoverStart: boolean;
  /** Whether the guest may go before its memory (capability postcopy-ram). */
  readonly postcopy: boolean;
  /** Bytes in a second once the guest is there; 0 for no limit (parameter max-postcopy-bandwidth). */
  readonly maxPostcopyBandwidth: number;
  /** Whether pages that are asked for go by a channel of their own, and how it is opened. */
  readonly preempt: PreemptOptions | undefined;
  /** Whether the switchover waits for the user, and for the destination. */
  readonly pauseBeforeSwitchover: boolean;
  readonly switchoverAck: boolean;
  /** From here on the guest is the destination's: it must not go on here, whatever happens. */
  handedOver: boolean;
  /** The channel for pages that are asked for, once it is open. */
  urgent: UrgentChannel | undefined;
}

/** The entry of RAM. */
export function ramEntry({ entries }: SourceRun): Entry {
  return entries.find(({ device }) => device === undefined)!;
}

/**
 * Sends what is collected on all channels, at once: a destination reads neither a channel behind its
 * sync point before the main channel has come there, nor the other way round.
 */
export async function flushAll({ output, ram }: SourceRun): Promise<void> {
  await Promise.all([output.flush(), ram.flush()]);
}

/** Sends what is collected on all channels, and waits until they have taken it. */
export async function drainAll({ output, ram }: SourceRun): Promise<void> {
  await Promise.all([output.drain(), ram.drain()]);
}
