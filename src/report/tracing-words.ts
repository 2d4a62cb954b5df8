import type { MigrationAccount } from "../analysis/account.js";

/** Tracing is worth a word from this share of the downtime on, */
const NOTABLE = 0.1;
/** or from so many records on: a busy host makes them cost more than their estimate. */
const MANY = 5000;

/** What tracing took of the downtime, in a sentence; undefined where it is unknown or does not matter. */
export function tracingWords({ tracing, downtime }: MigrationAccount): string | undefined {
  const { records, nanoseconds } = tracing?.downtime ?? {};
  const { guest } = downtime;
  if (records === undefined || nanoseconds === undefined || !guest || guest <= 0n) return undefined;
  if (records < MANY && Number(nanoseconds) < NOTABLE * Number(guest)) return undefined;
  return (
    `${records.toLocaleString("en")} records were written during the downtime, about ` +
    `${milliseconds(nanoseconds)} of its ${milliseconds(guest)} ms; ` +
    "trace fewer events: `qtrace events migration`"
  );
}

/** An estimate has no more digits than it is worth. */
function milliseconds(nanoseconds: bigint): string {
  const value = Number(nanoseconds) / 1e6;
  return value.toFixed(value < 10 ? 1 : 0);
}
