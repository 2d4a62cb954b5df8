import type { RecordingPlace } from "../../fleet/recorded.js";
import type { Rows } from "../../fleet/schema.js";

/** Where rows go: a data set's files, a cluster. */
export interface FleetSink {
  /** Whether a recording's rows are there already. */
  readonly has: (recording: string) => Promise<boolean>;
  /** Takes a recording's rows; they are there for good once `close` is done. */
  readonly add: (place: RecordingPlace, rows: Partial<Rows>) => Promise<void>;
  /** Writes out what is held back. */
  readonly close: () => Promise<void>;
}
