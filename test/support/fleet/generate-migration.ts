import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { recordMigration } from "../../../src/cli/demo/record-migration.js";
import type { RecordedChannel } from "../../../src/cli/demo/recorded-channel.js";
import { timerDevice } from "../../../src/migration/engine/demo-devices.js";
import { fillMemory } from "../../../src/migration/engine/demo-memory.js";
import { DemoWorkload } from "../../../src/migration/engine/demo-workload.js";
import { GuestRam, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import { pick, type Random, seededRandom } from "../random.js";
import { type DevicePlan, makeDevice, planDevices } from "./random-device.js";

const KIB = 1024;
const MIB = 1024 * KIB;

const MACHINES = ["pc-q35-10.2", "pc-q35-9.2", "pc-i440fx-10.1", "virt-10.2"];
const HOSTS = Array.from({ length: 5 }, (_, index) => `host${index + 1}`);
/** In the later versions one device got slower, for a regression to be found. */
const VERSIONS: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ["10.0.2", new Map()],
  ["10.1.0", new Map([["nic", 1]])],
  ["10.2.2", new Map([["gpu", 2]])],
]);

/**
 * How a migration goes: as it should; with a guest that dirties memory faster than it goes, until
 * somebody cancels it; with a connection that breaks; with a device that the destination refuses.
 */
export type Course = "calm" | "busy" | "diverging" | "cut" | "refused";

/** What a seed makes of a migration. */
export interface MigrationPlan {
  readonly seed: number;
  readonly course: Course;
  readonly machine: string;
  readonly version: string;
  readonly host: string;
  /** ISO 8601, in UTC. */
  readonly time: string;
  readonly memory: number;
  readonly devices: readonly DevicePlan[];
  readonly maxBandwidth: number;
  readonly downtimeLimit: number;
  /** Bytes of pages that the guest dirties in a second. */
  readonly dirtyRate: number;
  readonly workingSet: number;
}

const FIRST_DAY = Date.UTC(2026, 10, 1);
const DAY = 24 * 60 * 60 * 1000;

/** The plan of a seed; the same one at every time. */
export function planMigration(seed: number): MigrationPlan {
  const random = seededRandom(seed);
  const course = pickCourse(random);
  const version = pick(random, [...VERSIONS.keys()]);
  const devices = planDevices(random, VERSIONS.get(version)!);
  const last = devices.length - 1;
  return {
    seed,
    course,
    version,
    machine: pick(random, MACHINES),
    host: pick(random, HOSTS),
    time: new Date(FIRST_DAY + random(7) * DAY + random(DAY)).toISOString(),
    memory: (512 + 256 * random(4)) * KIB,
    devices: devices.map((plan, index) => ({
      ...plan,
      refused: course === "refused" && index === last,
    })),
    ...loadOf(course, random),
  };
}

function pickCourse(random: Random): Course {
  const percent = random(100);
  if (percent < 88) return "calm";
  if (percent < 92) return "busy";
  if (percent < 94) return "diverging";
  return percent < 97 ? "cut" : "refused";
}

function loadOf(course: Course, random: Random) {
  switch (course) {
    case "busy":
      return { maxBandwidth: 8 * MIB, downtimeLimit: 20, ...dirtying(4 + random(3), 256) };
    case "diverging":
      return { maxBandwidth: 4 * MIB, downtimeLimit: 1, ...dirtying(64, 768) };
    default:
      return { maxBandwidth: 0, downtimeLimit: 300, ...dirtying(0, 4) };
  }
}

function dirtying(mibPerSecond: number, workingSetKib: number) {
  return { dirtyRate: mibPerSecond * MIB, workingSet: workingSetKib * KIB };
}

/**
 * Migrates as a seed wants it and leaves the recording in a folder, laid out as `recordings/NAME`
 * are; `recording.json` has the host, the time and the version of QEMU that it pretends to be.
 */
export async function generateMigration(folder: string, seed: number): Promise<MigrationPlan> {
  const plan = planMigration(seed);
  const random = seededRandom(seed + 1);
  mkdirSync(folder, { recursive: true });
  const cancel = new AbortController();
  const timer = setTimeout(() => cancel.abort(new Error("cancelled")), 1500);
  await recordMigration(folder, {
    about: describe(plan),
    source: {
      machine: sourceMachine(plan, random),
      maxBandwidth: plan.maxBandwidth,
      downtimeLimit: plan.downtimeLimit,
      stallTimeout: 5000,
      ...(plan.course === "diverging" && { signal: cancel.signal }),
    },
    destination: { machine: emptyMachine(plan), stallTimeout: 5000 },
    connected: (channel) => {
      if (plan.course === "cut") cutBehind(channel, random(plan.memory / 8));
    },
  }).catch(() => undefined);
  clearTimeout(timer);
  return plan;
}

/** Migrations of the seeds from `first` on, each in a folder of its own below `folder`. */
export async function generateMigrations(
  folder: string,
  count: number,
  first = 1,
): Promise<MigrationPlan[]> {
  const plans: MigrationPlan[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    plans.push(await generateMigration(join(folder, `migration-${seed}`), seed));
  }
  return plans;
}

function describe(plan: MigrationPlan): object {
  return {
    qemu: `QEMU emulator version ${plan.version}`,
    machine: plan.machine,
    memory: String(plan.memory / MIB),
    capabilities: ["return-path"],
    transport: "in process",
    guest: plan.course,
    host: plan.host,
    time: plan.time,
    generated: plan.seed,
  };
}

function sourceMachine(plan: MigrationPlan, random: Random): Machine {
  const { dirtyRate, workingSet } = plan;
  const ram = ramOf(plan);
  fillMemory(ram, random);
  const machine = new Machine({
    type: plan.machine,
    ram,
    devices: devicesOf(plan, random),
    workload: new DemoWorkload(dirtyRate, workingSet),
  });
  machine.setRunState("running");
  return machine;
}

function emptyMachine(plan: MigrationPlan): Machine {
  const devices = devicesOf(plan);
  return new Machine({ type: plan.machine, ram: ramOf(plan), devices, runState: "inmigrate" });
}

function ramOf({ memory }: MigrationPlan): GuestRam {
  return new GuestRam([new RamBlock("pc.ram", memory)]);
}

function devicesOf(plan: MigrationPlan, random?: Random) {
  return [timerDevice(), ...plan.devices.map((device) => makeDevice(device, random))];
}

/** Breaks the connection when so many bytes have come. */
function cutBehind({ source, destination }: RecordedChannel, bytes: number): void {
  const write = source._write.bind(source);
  let sent = 0;
  source._write = (chunk: Uint8Array, encoding, callback) => {
    sent += chunk.length;
    if (sent <= bytes) return write(chunk, encoding, callback);
    source.destroy(new Error("the connection broke"));
    destination.destroy(new Error("the connection broke"));
    callback();
  };
}
