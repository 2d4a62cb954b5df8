import type { MigrationAccount, Phase, SidePairing } from "../analysis/account.js";

/** The first and the last moment that an account tells of. */
export interface Extent {
  readonly begin: bigint;
  readonly end: bigint;
}

/** The stretch of time that everything in the account lies in; `undefined` where no trace tells a time. */
export function extentOf(account: MigrationAccount): Extent | undefined {
  const { stopped, running, checkpoints } = account.downtime;
  let begin: bigint | undefined;
  let end: bigint | undefined;
  const include = (time: bigint | undefined) => {
    if (time === undefined) return;
    if (begin === undefined || time < begin) begin = time;
    if (end === undefined || time > end) end = time;
  };
  const includePairing = (pairing: SidePairing) => {
    if (pairing.status !== "paired") return;
    include(pairing.start);
    include(pairing.end);
  };
  for (const { source, destination } of account.items) {
    includePairing(source);
    includePairing(destination);
  }
  for (const time of [account.begin, account.end, stopped, running]) include(time);
  for (const { at } of checkpoints) include(at);
  return begin === undefined || end === undefined ? undefined : { begin, end };
}

/** The moment that a report's times count from: the migration's begin, as the text has it. */
export function originOf(account: MigrationAccount): bigint {
  return account.begin ?? extentOf(account)?.begin ?? 0n;
}

/** The source's phases; without its trace the downtime and what lies around it. */
export function phasesOf(account: MigrationAccount): readonly Phase[] {
  if (account.phases.length > 0) return account.phases;
  const extent = extentOf(account);
  if (!extent) return [];
  const { stopped, running } = account.downtime;
  const moments = [extent.begin, stopped, running, extent.end];
  return ["before", "guest stopped", "after"].flatMap((name, index) => {
    const [start, end] = [moments[index], moments[index + 1]];
    return start !== undefined && end !== undefined && end > start
      ? [{ name, state: "", start, end }]
      : [];
  });
}
