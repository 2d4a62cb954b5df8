import type { DeviceTimes, MigrationAccount } from "./account.js";

/** How much longer a figure of the second of two migrations may be than the first's. */
export interface RegressionTolerance {
  /** Percent of the first migration's figure. */
  readonly percent: number;
  /** Milliseconds. A figure that grew by no more is within the tolerance, whatever the percentage. */
  readonly milliseconds: number;
}

/** A figure of two migrations, and whether it grew by more than the tolerance. */
export interface RegressionResult {
  /** Such as `downtime`, `save of ram`. */
  readonly name: string;
  /** Milliseconds; undefined if the traces do not show it. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** False if the figure grew too much, and if one of the two migrations does not have it. */
  readonly passed: boolean;
}

/**
 * Compares the downtimes and each device's save and load times. A figure regressed if it grew by
 * more than the percentage and by more than the milliseconds. A figure that only one of the
 * migrations has cannot be judged, which is a failure too; one that neither has is left out, but for
 * the downtime, of which there must be one.
 */
export function checkRegression(
  before: MigrationAccount,
  after: MigrationAccount,
  tolerance: RegressionTolerance,
): RegressionResult[] {
  const figures = [...downtimes(before, after), ...devices(before, after)];
  return figures.map(([name, first, second]) => judge(name, first, second, tolerance));
}

/** Its name, and nanoseconds of the first and the second migration. */
type Figure = readonly [name: string, before: bigint | undefined, after: bigint | undefined];

/** By the least that the first can have been, and the most that the second can. */
function downtimes(before: MigrationAccount, after: MigrationAccount): Figure[] {
  const { downtime: a } = before;
  const { downtime: b } = after;
  const least = a.guest === undefined ? undefined : a.guestBounds.lower;
  const most = b.guest === undefined ? undefined : b.guestBounds.upper;
  const figures: Figure[] = [
    ["downtime", least, most],
    ["downtime as the source measures it", a.reported, b.reported],
  ];
  const known = figures.filter(([, first, second]) => isKnown(first) || isKnown(second));
  return known.length > 0 ? known : figures.slice(0, 1);
}

function devices(before: MigrationAccount, after: MigrationAccount): Figure[] {
  const [first, second] = [byName(before), byName(after)];
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].flatMap((name) =>
    (["save", "load"] as const).flatMap((what): Figure[] => {
      const [a, b] = [first.get(name), second.get(name)];
      if (!isKnown(a?.[what]) && !isKnown(b?.[what])) return [];
      // Of a bound, no more is known than that it was no longer.
      const least = a?.[`${what}IsBound`] ? undefined : took(a, what, before);
      return [[`${what} of ${name}`, least, took(b, what, after)]];
    }),
  );
}

function byName(account: MigrationAccount): Map<string, DeviceTimes> {
  return new Map(account.devices.map((device) => [device.name, device]));
}

/** A device that the stream does not contain took no time; without a stream that is unknown. */
function took(
  device: DeviceTimes | undefined,
  what: "save" | "load",
  { streamSize }: MigrationAccount,
): bigint | undefined {
  return device ? device[what] : streamSize === undefined ? undefined : 0n;
}

function judge(
  name: string,
  before: bigint | undefined,
  after: bigint | undefined,
  { percent, milliseconds }: RegressionTolerance,
): RegressionResult {
  const [first, second] = [inMilliseconds(before), inMilliseconds(after)];
  if (first === undefined || second === undefined) {
    return { name, before: first, after: second, passed: false };
  }
  const grown = second - first;
  const regressed = grown > (first * percent) / 100 && grown > milliseconds;
  return { name, before: first, after: second, passed: !regressed };
}

function isKnown(value: bigint | undefined): value is bigint {
  return value !== undefined;
}

function inMilliseconds(nanoseconds: bigint | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}
