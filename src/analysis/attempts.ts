import type { EventRecord } from "../traces/record.js";
import { textArgument } from "./mark.js";

/**
 * The records of each attempt to migrate: a source whose migration failed or was cancelled goes on,
 * and may be told to try again, which its trace tells by another `setup`. What stands before the
 * first one is the first's.
 */
export function attemptsOf(source: readonly EventRecord[]): EventRecord[][] {
  const attempts: EventRecord[][] = [[]];
  let begun = false;
  for (const record of source) {
    const begins =
      record.name === "migrate_set_state" && textArgument(record, "new_state") === "setup";
    if (begins && begun) attempts.push([]);
    begun ||= begins;
    attempts.at(-1)!.push(record);
  }
  return attempts;
}
