import type { MigrationAccount, Phase } from "../analysis/account.js";

/** The first and the last moment that an account tells of. */
export interface Extent {
  readonly begin: bigint;
  readonly end: bigint;
}

/**
 * The interval that everything in the account lies in, or all that one side's trace shows; undefined
 * where no trace has timestamps.
 */
export function extentOf(
  account: MigrationAccount,
  only?: "source" | "destination",
): Extent | undefined {
  const { stopped, resumed, running, checkpoints } = account.downtime;
  let begin: bigint | undefined;
  let end: bigint | undefined;
  const include = (time: bigint | undefined) => {
    if (time === undefined) return;
    if (begin === undefined || time < begin) begin = time;
    if (end === undefined || time > end) end = time;
  };
  const sides = only === undefined ? (["source", "destination"] as const) : [only];
  for (const item of account.items) {
    for (const side of sides) {
      const pairing = item[side];
      if (pairing.status !== "paired") continue;
      include(pairing.start);
      include(pairing.end);
    }
  }
  // The account's own interval is the source's; of the destination where there is no source's trace.
  const owner = account.source ? "source" : "destination";
  const own = { source: [stopped, resumed], destination: [running] };
  for (const side of sides) {
    for (const time of own[side]) include(time);
    if (side === owner) for (const time of [account.begin, account.end]) include(time);
  }
  for (const { side, at } of checkpoints) if (sides.includes(side)) include(at);
  return begin === undefined || end === undefined ? undefined : { begin, end };
}

/** The moment that a report's times count from: the migration's begin, as the text has it. */
export function originOf(account: MigrationAccount): bigint {
  return account.begin ?? extentOf(account)?.begin ?? 0n;
}

/** When the guest stood still, by the source's clock; undefined where that is not known. */
export function downtimeInterval({ downtime }: MigrationAccount): Extent | undefined {
  const { path, guest, stopped, resumed } = downtime;
  const [first, last] = [path[0], path.at(-1)];
  if (first && last) return { begin: first.start, end: last.end };
  if (guest === undefined) return undefined;
  if (resumed !== undefined) return { begin: resumed - guest, end: resumed };
  return stopped === undefined ? undefined : { begin: stopped, end: stopped + guest };
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
