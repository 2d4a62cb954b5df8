import type { Version } from "./events.js";
import { Random } from "./random.js";

export type Side = "source" | "destination";

/** A field of a vmstate: numbers, bytes, or vmstates nested so many times. */
export type FieldPlan =
  | {
      readonly kind: "number";
      readonly name: string;
      readonly size: 1 | 2 | 4 | 8;
      readonly count: number;
    }
  | { readonly kind: "bytes"; readonly name: string; readonly size: number }
  | {
      readonly kind: "struct";
      readonly name: string;
      readonly count: number;
      readonly vmstate: VmstatePlan;
    };

export interface VmstatePlan {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly FieldPlan[];
}

export interface DevicePlan {
  readonly idstr: string;
  readonly instance: number;
  readonly sectionId: number;
  readonly vmstate: VmstatePlan;
  /** Nanoseconds of work, besides what tracing takes. */
  readonly save: number;
  readonly load: number;
  /** Nanoseconds in which the destination does something else before it reads the device. */
  readonly pause: number;
  /** It has nothing to save. */
  readonly skipped: boolean;
}

/** How one attempt to migrate goes. */
export interface AttemptPlan {
  readonly fate: "completed" | "failed" | "cancelled";
  /** Nanoseconds after the attempt before. */
  readonly after: number;
  /** Pages that the sync at the end of each pass finds newly dirty, the pass over all memory first. */
  readonly dirty: readonly number[];
  /** Pages that the guest still writes before it stops. */
  readonly lastDirty: number;
  /** The source synchronises when so many pages are left, and stops the guest when no more are. */
  readonly threshold: number;
  /** Of a failed one: which of the devices that are sent the destination refuses. */
  readonly refused: number;
  /** Of a cancelled one: after so many PART sections. */
  readonly cancelledAfter: number;
}

export interface Plan {
  readonly seed: number;
  readonly version: Version;
  readonly machine: string;
  readonly transport: "socket" | "file";
  readonly returnPath: boolean;
  readonly postcopy: boolean;
  /** Faults of the destination's guest: after how long, which page of those left, by which thread. */
  readonly faults: readonly {
    readonly after: number;
    readonly page: number;
    readonly thread: number;
  }[];
  readonly blocks: ReadonlyMap<string, number>;
  readonly ramSectionId: number;
  /** Pages of each PART, and what share of them is zero. */
  readonly perPart: number;
  readonly zeroShare: number;
  readonly devices: readonly DevicePlan[];
  readonly attempts: readonly AttemptPlan[];
  /** Nanoseconds between two PARTs, by which the bandwidth is limited. */
  readonly pace: number;
  readonly clock: {
    /** Nanoseconds since 1970, or since the machine's start. */
    readonly epoch: bigint;
    /** Nanoseconds by which the destination's clock is ahead when the first attempt starts. */
    readonly offset: number;
    /** Parts per million by which it is faster. */
    readonly drift: number;
  };
  readonly latency: number;
  readonly perByte: number;
  /** Nanoseconds that writing a record takes. */
  readonly cost: Readonly<Record<Side, number>>;
  /** Whether the fields of vmstates are traced. */
  readonly detail: boolean;
  /** Whether `send-switchover-start` is on. */
  readonly switchoverStart: boolean;
  /** Nanoseconds from the start of the downtime until the guest has stopped, and around its run. */
  readonly stopping: number;
  readonly starting: number;
}

/** What a seed makes of a migration. `wanted` fixes some of it. */
export function planOf(seed: number, wanted: Partial<Plan> = {}): Plan {
  const random = new Random(seed * 7919 + 17);
  const version = wanted.version ?? random.pick<Version>(["10.0", "10.2", "10.2", "11.1"]);
  const postcopy = wanted.postcopy ?? (version === "10.2" && random.chance(0.3));
  const transport = wanted.transport ?? (!postcopy && random.chance(0.1) ? "file" : "socket");
  const returnPath =
    wanted.returnPath ?? (postcopy || (transport === "socket" && random.chance(0.7)));
  const pages = random.between(40, 260);
  const devices = wanted.devices ?? planDevices(random);
  const threshold = random.between(2, Math.max(2, Math.floor(pages / 8)));
  return {
    seed,
    ...{ version, transport, returnPath, postcopy, devices },
    machine: random.pick(["pc-q35-10.2", "pc-i440fx-9.2", "virt-11.0", "microvm"]),
    faults: postcopy ? planFaults(random) : [],
    blocks: new Map([
      ["pc.ram", pages * 4096],
      ["/rom@etc/acpi/tables", random.between(1, 4) * 4096],
    ]),
    ramSectionId: random.pick([1, 2, 3]),
    perPart: random.between(8, 90),
    zeroShare: random.pick([0, 0.3, 0.9]),
    attempts: planAttempts(random, { devices, threshold, postcopy, transport, returnPath }),
    pace: random.spread(100_000, 100_000_000),
    clock: planClock(random),
    latency: random.spread(5_000, 20_000_000),
    perByte: random.pick([0, 0.1, 1, 10]),
    cost: { source: random.pick([0, 500, 1000, 3000]), destination: random.pick([0, 700, 2000]) },
    detail: random.chance(0.5),
    switchoverStart: random.chance(0.6),
    stopping: random.spread(2_000, 20_000_000),
    starting: random.spread(2_000, 50_000_000),
    ...wanted,
  };
}

function planClock(random: Random): Plan["clock"] {
  const offset = random.pick([0, 1, -1]) * random.spread(1000, 20_000_000_000);
  const epoch = random.pick([1_795_000_000_000_000_000n, 3_600_000_000_000n]);
  return { epoch, offset, drift: offset === 0 ? 0 : random.pick([0, 20, -50, 199, -199]) };
}

function planFaults(random: Random): Plan["faults"] {
  return Array.from({ length: random.pick([0, 2, 8, 20]) }, () => ({
    after: random.spread(1000, 5_000_000),
    page: random.between(0, 12),
    thread: random.between(1, 3),
  }));
}

function planAttempts(
  random: Random,
  about: Pick<Plan, "devices" | "postcopy" | "transport" | "returnPath"> & {
    readonly threshold: number;
  },
): AttemptPlan[] {
  const { devices, threshold, postcopy, transport, returnPath } = about;
  const count = transport === "file" || postcopy ? 1 : random.pick([1, 1, 1, 2, 3]);
  const sent = devices.filter(({ skipped }) => !skipped).length;
  return Array.from({ length: count }, (_, index): AttemptPlan => {
    const last = index === count - 1;
    const passes = random.pick([1, 2, 3, 4, 5, 25]);
    const failing = transport === "socket" && !postcopy;
    // Without a return path the source does not learn of a failure, and does not try again.
    const fates =
      last || returnPath ? (["failed", "cancelled"] as const) : (["cancelled"] as const);
    const completes = last && random.chance(failing ? 0.8 : 1);
    const fate = completes ? "completed" : random.pick(fates);
    const more = Array.from({ length: passes - 1 }, () => threshold + random.between(1, 60));
    return {
      fate,
      after: random.spread(1_000_000, 5_000_000_000),
      dirty: [...more, postcopy ? random.between(20, 120) : random.between(0, threshold)],
      lastDirty: random.between(0, 3),
      threshold,
      refused: random.between(0, sent - 1),
      cancelledAfter: random.between(1, 4),
    };
  });
}

const NAMES = [
  "timer",
  "cpu_common",
  "cpu",
  "apic",
  "0000:00:02.0/xhci",
  "serial",
  "dma",
  "i8259",
  "globalstate",
];

export function planDevices(
  random: Random,
  count: number = random.pick([1, 3, 8, 14]),
): DevicePlan[] {
  const seen = new Map<string, number>();
  return Array.from({ length: count }, (_, index): DevicePlan => {
    const idstr = index < count - 1 ? random.pick(NAMES) : "acpi_build";
    const instance = seen.get(idstr) ?? 0;
    seen.set(idstr, instance + 1);
    return {
      ...{ idstr, instance, sectionId: index + 4 },
      vmstate: planVmstate(random, idstr.replace(/^.*\//, ""), 0),
      save: random.spread(1000, 5_000_000),
      load: random.spread(1000, 5_000_000),
      pause: random.chance(0.1) ? random.spread(1000, 3_000_000) : 0,
      skipped: index > 0 && index < count - 1 && random.chance(0.1),
    };
  });
}

function planVmstate(random: Random, name: string, depth: number): VmstatePlan {
  const count = random.between(1, 5);
  const fields = Array.from({ length: count }, (_, index): FieldPlan => {
    const field = `field${index}`;
    if (depth < 3 && random.chance(0.25)) {
      const vmstate = planVmstate(random, `${name}_part${index}`, depth + 1);
      return { kind: "struct", name: field, count: random.pick([1, 2, 3]), vmstate };
    }
    if (random.chance(0.2)) return { kind: "bytes", name: field, size: random.between(1, 40) };
    return {
      kind: "number",
      name: field,
      size: random.pick([1, 2, 4, 8] as const),
      count: random.pick([1, 1, 4]),
    };
  });
  return { name, version: random.between(1, 5), fields };
}
