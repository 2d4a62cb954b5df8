import type { DeviceTimes, MigrationAccount } from "./account.js";

/** A figure of two migrations; absent where one of them does not have it. */
export interface ComparedFigure {
  readonly name: string;
  readonly unit: "nanoseconds" | "bytes" | "count";
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
}

/** Two migrations side by side. */
export interface Comparison {
  /** The whole: downtime, total time, bytes, rounds. */
  readonly totals: readonly ComparedFigure[];
  /** Saving and loading of each entry, the greatest change first. */
  readonly devices: readonly ComparedFigure[];
}

/** What changed from one migration to another, device by device. */
export function compareAccounts(before: MigrationAccount, after: MigrationAccount): Comparison {
  return {
    totals: totalsOf(before).map((figure, index) => ({
      ...figure,
      after: totalsOf(after)[index]!.before,
    })),
    devices: compareDevices(before.devices, after.devices),
  };
}

function totalsOf(account: MigrationAccount): ComparedFigure[] {
  const { begin, end, downtime, totalBytes, rounds, syncs, postcopy } = account;
  const figure = (name: string, unit: ComparedFigure["unit"], value: bigint | undefined) => ({
    name,
    unit,
    before: value,
    after: undefined,
  });
  const total = begin === undefined || end === undefined ? undefined : end - begin;
  return [
    figure("downtime of the guest", "nanoseconds", downtime.guest),
    figure("downtime as the source measures it", "nanoseconds", downtime.reported),
    figure("total time", "nanoseconds", total),
    figure("stream", "bytes", totalBytes === undefined ? undefined : BigInt(totalBytes)),
    figure("rounds", "count", count(rounds)),
    figure("syncs of the dirty bitmap", "count", count(syncs)),
    figure("faults in postcopy", "count", postcopy && BigInt(postcopy.requests.length)),
    figure("waited for pages", "nanoseconds", postcopy?.blocked),
  ];
}

function compareDevices(
  before: readonly DeviceTimes[],
  after: readonly DeviceTimes[],
): ComparedFigure[] {
  const left = new Map(before.map((device) => [device.name, device]));
  const right = new Map(after.map((device) => [device.name, device]));
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .flatMap((name) =>
      (["save", "load"] as const).map(
        (what): ComparedFigure => ({
          name: `${what} ${name}`,
          unit: "nanoseconds",
          before: exact(left.get(name), what),
          after: exact(right.get(name), what),
        }),
      ),
    )
    .filter((figure) => figure.before !== undefined || figure.after !== undefined)
    .sort((a, b) => Number(change(b) - change(a)));
}

/** How many there are; undefined of none, which the trace may only not show. */
function count(list: readonly unknown[]): bigint | undefined {
  return list.length === 0 ? undefined : BigInt(list.length);
}

/** A time that is known, not only bounded. */
function exact(device: DeviceTimes | undefined, what: "save" | "load"): bigint | undefined {
  return device?.[`${what}IsBound`] ? undefined : device?.[what];
}

/** By how much a figure changed, up or down; of one that only one migration has, all of it. */
function change({ before = 0n, after = 0n }: ComparedFigure): bigint {
  return before < after ? after - before : before - after;
}
