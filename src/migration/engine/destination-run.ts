import type { DestinationObserver } from "./destination-observer.js";
import type { FurtherChannels } from "./further-channels.js";
import type { IncomingConnection } from "./incoming-connection.js";
import type { IncomingGuest } from "./incoming-guest.js";
import type { IncomingPages } from "./incoming-pages.js";
import type { MigrationState } from "./migration-state.js";
import type { PageRequests } from "./page-requests.js";

/** All that takes part in one run of a destination. */
export interface DestinationRun {
  readonly guest: IncomingGuest;
  readonly pages: IncomingPages;
  readonly observer: DestinationObserver;
  readonly channels: FurtherChannels;
  readonly state: MigrationState;
  /** What it loads by; another one, when a paused postcopy goes on. */
  connection: IncomingConnection;
  /** Whether the switchover is to be acknowledged (capability switchover-ack). */
  switchoverAck: boolean;
  /** Whether the source has opened the return path. */
  returnPathOpen: boolean;
  switchoverStart: boolean;
  /** How far postcopy has come, if the source advised it. */
  postcopy: "advised" | "listening" | "running" | undefined;
  /** Reports what the source did out of place, where that does not fail the load. */
  readonly warn: (message: string) => void;
  requests: PageRequests | undefined;
  items: number;
  /** How often postcopy has paused. */
  pauses: number;
  /** Bytes read, by all connections. */
  bytes: number;
}
