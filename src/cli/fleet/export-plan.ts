/** What an export is to do, as it is told to the threads that share its work. */
export interface ExportPlan {
  readonly target: ExportTarget;
  /** The host of all recordings, whatever they tell. */
  readonly host?: string;
  /** Their time, likewise. */
  readonly date?: Date;
  /** Whether recordings are kept of which a file is broken. */
  readonly salvage: boolean;
  /** The trace-events files of the QEMU that wrote the traces. */
  readonly events?: readonly string[];
  /** Patterns of events to keep. */
  readonly event: readonly string[];
  /** Whether each recording's own page is written beside its rows. */
  readonly pages: boolean;
}

/** Where an export writes to. */
export type ExportTarget =
  | { readonly kind: "files"; readonly folder: string }
  | {
      readonly kind: "clickhouse";
      /** One server of each shard, or any one where the cluster creates tables everywhere. */
      readonly urls: readonly string[];
      readonly cluster: string | undefined;
    };

/** What came of a recording. */
export interface Outcome {
  readonly what: "exported" | "there already" | "left out";
  /** What was wrong with it, a line each. */
  readonly problems: readonly string[];
  /** Whether nothing told its host. */
  readonly unknownHost: boolean;
  /** Whether its files contradict each other. */
  readonly contradictory?: boolean;
}
