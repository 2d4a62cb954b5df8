import type { MigrationAccount } from "../analysis/account.js";

/** Tracing is worth a word from this share of the downtime on, */
const NOTABLE = 0.1;
/** or from so many records on: a busy host makes them cost more than their estimate. */
const MANY = 5000;

/** What tracing took of the downtime, in a sentence; undefined where it is unknown or does not matter. */
export function tracingWords({ tracing, downtime }: MigrationAccount): string | undefined {
  const { records, nanoseconds } = tracing?.downtime ?? {};
  const { path, guestBounds } = downtime;
  const [first, last] = [path[0], path.at(-1)];
  // Where the downtime is unknown, it is at least as long as this.
  const length = first && last ? last.end - first.start : guestBounds.lower;
  if (records === undefined || nanoseconds === undefined || !length) return undefined;
  if (records < MANY && Number(nanoseconds) < NOTABLE * Number(length)) return undefined;
  const of = first && last ? ` of its ${milliseconds(length)}` : "";
  return (
    `${records.toLocaleString("en")} records were written during the downtime, about ` +
    `${milliseconds(nanoseconds)}${of} ms; trace fewer events: \`qtrace events migration\``
  );
}

/** An estimate has no more digits than it is worth. */
function milliseconds(nanoseconds: bigint): string {
  const value = Number(nanoseconds) / 1e6;
  return value.toFixed(value < 10 ? 1 : 0);
}
