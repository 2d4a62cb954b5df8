/** What the page over a data set carries. Columns have an entry a migration, in the order of time. */
export interface FleetPageData {
  readonly hosts: readonly string[];
  readonly machines: readonly string[];
  /** The oldest first. */
  readonly versions: readonly string[];
  readonly statuses: readonly string[];
  readonly recording: readonly string[];
  readonly folder: readonly string[];
  /** Milliseconds since 1970. */
  readonly time: readonly number[];
  /** Indices into the lists above. */
  readonly host: readonly number[];
  readonly machine: readonly number[];
  readonly version: readonly number[];
  readonly status: readonly number[];
  /** Milliseconds. */
  readonly downtime: readonly (number | null)[];
  readonly rounds: readonly number[];
  /** The migration's own page, with `{recording}` for its key. */
  readonly link: string;
  /** Those that have no page of their own, by their indices. */
  readonly pageless: readonly number[];
  readonly measures: readonly Measure[];
  readonly nonConverging: readonly NonConverging[];
}

/** How long something took with a version on a machine type. */
export interface Measure {
  /** Indices into the lists of machines and versions. */
  readonly machine: number;
  readonly version: number;
  /** `downtime`, `total time`, `save of DEVICE`, `load of DEVICE`. */
  readonly what: string;
  readonly migrations: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

/** A migration that ran on without getting nearer to its end. */
export interface NonConverging {
  /** Its index. */
  readonly migration: number;
  /** The most bytes dirty at the begin of a round of the earlier half, and of the later one. */
  readonly early: number;
  readonly late: number;
}
