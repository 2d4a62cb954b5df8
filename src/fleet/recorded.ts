import type { MigrationAccount } from "../analysis/account.js";
import type { EventRecord } from "../traces/record.js";
import type { AboutRecording } from "./about-recording.js";

/** Something of a recording that could not be read. */
export interface Damage {
  /** The file's name in the recording's folder; empty if it is the folder's. */
  readonly file: string;
  readonly message: string;
  /** How often, where it is counted. */
  readonly count?: number;
}

/** A recording's folder, and where in a data set it belongs. */
export interface RecordingPlace {
  /** A hash of its stream and traces. */
  readonly recording: string;
  readonly folder: string;
  readonly name: string;
  /** The source's host. */
  readonly host: string;
  /** When the migration was. */
  readonly time: Date;
}

/** All that is known of a recording. */
export interface Recorded {
  readonly place: RecordingPlace;
  readonly about: AboutRecording;
  readonly account: MigrationAccount;
  /** The records that the account was made of, and those that are to be kept. */
  readonly source: readonly EventRecord[];
  readonly destination: readonly EventRecord[];
  readonly damage: readonly Damage[];
  /** Whether one of its files could not be read to its end. */
  readonly damaged: boolean;
}
