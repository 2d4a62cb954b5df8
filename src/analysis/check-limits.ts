import type { MigrationAccount } from "./account.js";

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
  /** Milliseconds; absent where the traces do not tell, which is a failure too. */
  readonly measured: number | undefined;
  /** Whether `measured` is an upper bound. */
  readonly isBound: boolean;
  readonly passed: boolean;
}

/** Holds an account against limits, one result for each thing that a limit is for. */
export function checkLimits(account: MigrationAccount, limits: Limits): LimitResult[] {
  const { guest, reported } = account.downtime;
  const results: LimitResult[] = [];
  if (limits.downtime !== undefined) {
    results.push(hold("downtime", limits.downtime, guest ?? reported));
  }
  const devices = new Map(account.devices.map((device) => [device.name, device]));
  for (const [name, limit] of Object.entries(limits.devices ?? {})) {
    const device = devices.get(name);
    results.push(hold(`save of ${name}`, limit, device?.save, device?.saveIsBound));
    results.push(hold(`load of ${name}`, limit, device?.load, device?.loadIsBound));
  }
  return results;
}

function hold(
  name: string,
  limit: number,
  nanoseconds: bigint | undefined,
  isBound = false,
): LimitResult {
  if (nanoseconds === undefined) {
    return { name, limit, measured: undefined, isBound, passed: false };
  }
  const measured = Number(nanoseconds) / 1e6;
  return { name, limit, measured, isBound, passed: measured <= limit };
}
