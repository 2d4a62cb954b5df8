import type { ChannelOutput } from "./channel-output.js";
import type { DestinationObserver } from "./destination-observer.js";
import type { Entry } from "./entries.js";
import type { GlobalState } from "./globalstate.js";
import type { Machine } from "./machine.js";
import type { RamDestination } from "./ram-destination.js";

/** All that takes part in one run of a destination. */
export interface DestinationRun {
  readonly machine: Machine;
  readonly globalState: GlobalState;
  readonly entries: readonly Entry[];
  readonly observer: DestinationObserver;
  readonly ram: RamDestination;
  /** The way back, if the channel has one. */
  readonly output: ChannelOutput | undefined;
  /** Whether the source has opened the return path. */
  returnPathOpen: boolean;
  switchoverStart: boolean;
  items: number;
}
