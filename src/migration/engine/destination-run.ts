import type { ChannelOutput } from "./channel-output.js";
import type { FurtherChannels } from "./further-channels.js";
import type { IncomingGuest } from "./incoming-guest.js";
import type { IncomingPages } from "./incoming-pages.js";
import type { MigrationState } from "./migration-state.js";
import type { PageRequests } from "./page-requests.js";
import type { RunControl } from "./run-control.js";

/** All that takes part in one run of a destination. */
export interface DestinationRun {
  readonly guest: IncomingGuest;
  readonly pages: IncomingPages;
  readonly channels: FurtherChannels;
  readonly state: MigrationState;
  readonly control: RunControl;
  /** The way back, if the channel has one. */
  readonly output: ChannelOutput | undefined;
  /** Whether the switchover is to be acknowledged (capability switchover-ack). */
  readonly switchoverAck: boolean;
  /** Whether the source has opened the return path. */
  returnPathOpen: boolean;
  switchoverStart: boolean;
  /** How far postcopy has come, if the source advised it. */
  postcopy: "advised" | "listening" | "running" | undefined;
  requests: PageRequests | undefined;
  items: number;
}
