import type { ChannelOutput } from "./channel-output.js";
import type { Entry } from "./entries.js";
import type { GlobalState } from "./globalstate.js";
import type { Machine } from "./machine.js";
import type { MigrationState } from "./migration-state.js";
import type { RamSource } from "./ram-source.js";
import type { RateLimiter } from "./rate-limiter.js";
import type { ReturnPathListener } from "./return-path-listener.js";
import type { RunControl } from "./run-control.js";
import type { TransferStats } from "./transfer-stats.js";

/** All that takes part in one run of a source. */
export interface SourceRun {
  readonly machine: Machine;
  readonly globalState: GlobalState;
  readonly entries: readonly Entry[];
  readonly output: ChannelOutput;
  readonly stats: TransferStats;
  readonly limiter: RateLimiter;
  readonly ram: RamSource;
  readonly state: MigrationState;
  readonly control: RunControl;
  readonly returnPath: ReturnPathListener | undefined;
  readonly sendSwitchoverStart: boolean;
}

/** The entry of RAM. */
export function ramEntry({ entries }: SourceRun): Entry {
  return entries.find(({ device }) => device === undefined)!;
}
