/** A migration, as a page over many tells of it. */
export interface FleetMigration {
  readonly recording: string;
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly host: string;
  readonly machine: string;
  readonly version: string;
  readonly status: string;
  /** Milliseconds. */
  readonly downtime: number | null;
  readonly rounds: number;
}

/** How long something took with a version on a machine type. */
export interface FleetMeasure {
  readonly machine: string;
  readonly version: string;
  readonly what: string;
  readonly migrations: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

/** A migration that did not converge: bytes dirty at most at the begin of earlier and later rounds. */
export interface FleetStuck {
  readonly recording: string;
  readonly early: number;
  readonly late: number;
}

/** What a data set says of many migrations. */
export interface FleetFacts {
  /** In the order of time. */
  readonly migrations: readonly FleetMigration[];
  readonly measures: readonly FleetMeasure[];
  readonly stuck: readonly FleetStuck[];
}

/** Where the migrations' own pages are. */
export interface FleetPages {
  /** An address with `{recording}` for a migration's key. */
  readonly link: string;
  /** Whether a migration has one. */
  readonly has: (recording: string) => boolean;
}
