import type { StreamItem } from "../migration/wire/stream-item.js";
import type { MigrationAccount } from "./account.js";

/** How long an entry took to be saved and loaded with the guest stopped, and how large it was. */
export interface DeviceTimes {
  /** The idstr, with the instance id behind a `#` where it is not 0. */
  readonly name: string;
  /** Bytes of its sections at the switchover. */
  readonly bytes: number;
  /** Nanoseconds; absent where the side's trace does not tell. */
  readonly save: bigint | undefined;
  readonly load: bigint | undefined;
}

/** The entries whose END and FULL sections were sent at the switchover, in stream order. */
export function deviceTimes({ items }: MigrationAccount): DeviceTimes[] {
  const devices = new Map<string, DeviceTimes>();
  for (const { item, source, destination } of items) {
    const name = deviceName(item);
    if (name === undefined) continue;
    const before = devices.get(name);
    devices.set(name, {
      name,
      bytes: (before?.bytes ?? 0) + item.size,
      save: sum(before?.save, source.status === "paired" ? source.end - source.start : undefined),
      load: sum(
        before?.load,
        destination.status === "paired" ? destination.end - destination.start : undefined,
      ),
    });
  }
  return [...devices.values()];
}

/** The name of the device that an END or FULL section is of; undefined of other items. */
export function deviceName(item: StreamItem): string | undefined {
  if (item.type !== "section-full" && item.type !== "section-end") return undefined;
  return item.instanceId === 0 ? item.idstr : `${item.idstr}#${item.instanceId}`;
}

function sum(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a + b;
}
