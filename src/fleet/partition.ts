import type { RecordingPlace } from "./recorded.js";

/** The UTC day of a migration, such as `2026-11-24`. */
export function dateOf({ time }: Pick<RecordingPlace, "time">): string {
  return time.toISOString().slice(0, 10);
}

/** The folder that a migration's rows are in, below each table's: `date=…/host=…`, as Hive has it. */
export function partitionOf(place: Pick<RecordingPlace, "time" | "host">): string {
  return `date=${dateOf(place)}/host=${encodeURIComponent(place.host)}`;
}
