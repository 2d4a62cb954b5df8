import type { Recorded } from "./recorded.js";

/**
 * The last state of the migration, such as `completed`: as the source traced it; the destination, if
 * there is no trace of the source. Empty if it is not told.
 */
export function lastState({
  source,
  destination,
}: Pick<Recorded, "source" | "destination">): string {
  const records = source.length > 0 ? source : destination;
  const last = records.findLast(({ name }) => name === "migrate_set_state");
  const index = last?.event.arguments.findIndex(({ name }) => name === "new_state") ?? -1;
  const state = last?.values[index];
  return typeof state === "string" ? state : "";
}
