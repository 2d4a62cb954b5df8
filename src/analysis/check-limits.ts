import type { Bounds, MigrationAccount } from "./account.js";

/** What a migration must keep to. */
export interface Limits {
  /** Milliseconds that the guest may stand still. */
  readonly downtime?: number;
  /** Milliseconds that saving or loading an entry may take, by its name (`DeviceTimes.name`). */
  readonly devices?: Readonly<Record<string, number>>;
}

/** A limit, and what was measured. */
export interface LimitResult {
  /** Such as `downtime`, `save of ram`. */
  readonly name: string;
  /** Milliseconds. */
  readonly limit: number;
  /** Milliseconds; undefined where it is unknown, which is a failure too. */
  readonly measured: number | undefined;
  /** Milliseconds: the most that it can have been, by which it is judged; undefined without bound. */
  readonly most: number | undefined;
  readonly passed: boolean;
}

/** Judges an analysis by limits, one result for each thing that a limit is for. */
export function checkLimits(account: MigrationAccount, limits: Limits): LimitResult[] {
  const results: LimitResult[] = [];
  const judge = (...[name, limit, value, upper]: Parameters<typeof judged>) =>
    judged(name, limit, value, upper === undefined ? undefined : upper + account.resolution);
  if (limits.downtime !== undefined) {
    const { value, upper } = judgedDowntime(account);
    results.push(judge("downtime", limits.downtime, value, upper));
  }
  const devices = new Map(account.devices.map((device) => [device.name, device]));
  for (const [name, limit] of Object.entries(limits.devices ?? {})) {
    const device = devices.get(name);
    results.push(judge(`save of ${name}`, limit, ...timeOf(device?.save, device?.saveIsBound)));
    results.push(judge(`load of ${name}`, limit, ...timeOf(device?.load, device?.loadIsBound)));
  }
  return results;
}

/**
 * The downtime that a limit is for: the guest's own. Where no destination was traced, or it loaded the
 * stream later, it is what the source measured. Of a migration that failed nothing passes: its guest
 * never ran at the destination.
 */
export function judgedDowntime({
  downtime,
  destination,
  outcome,
}: Pick<MigrationAccount, "downtime" | "destination" | "outcome">): Bounds & {
  readonly value: bigint | undefined;
} {
  const { guest, guestBounds, reported, separateLoad } = downtime;
  const unknown = { value: undefined, lower: undefined, upper: undefined };
  if (outcome.state === "failed" || outcome.state === "cancelled") return unknown;
  if (guest !== undefined) return { value: guest, ...guestBounds };
  if (destination && !separateLoad) return { value: undefined, ...guestBounds };
  return reported === undefined ? unknown : { value: reported, lower: reported, upper: reported };
}

/** A device's time and the most that it can have been: of a bound, no more is known. */
function timeOf(time: bigint | undefined, isBound = false) {
  return [isBound ? undefined : time, time] as const;
}

function judged(
  name: string,
  limit: number,
  value: bigint | undefined,
  upper: bigint | undefined,
): LimitResult {
  const [measured, most] = [milliseconds(value), milliseconds(upper)];
  return { name, limit, measured, most, passed: most !== undefined && most <= limit };
}

function milliseconds(nanoseconds: bigint | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}
