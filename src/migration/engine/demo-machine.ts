import { demoDevices, wearIn } from "./demo-devices.js";
import { fillMemory } from "./demo-memory.js";
import { DemoWorkload } from "./demo-workload.js";
import { GuestRam, RamBlock } from "./guest-ram.js";
import { Machine } from "./machine.js";
import { seededRandom } from "./seeded-random.js";

const MIB = 1024 * 1024;

/** What a demo machine is to be like; both ends must agree on type and memory. */
export interface DemoMachineOptions {
  /** The machine type; `pc-q35-10.2` if left out. */
  readonly type?: string;
  /** Bytes of main memory; 32 MiB if left out. */
  readonly memory?: number;
  /** Bytes of pages that the guest dirties in a second; 4 MiB if left out. */
  readonly dirtyRate?: number;
  /** Bytes of memory that it goes through over and over; a sixteenth of all if left out. */
  readonly workingSet?: number;
  /** Where the contents of memory and devices come from. */
  readonly seed?: number;
}

/** A guest that has run for a while, and runs on: a source's. */
export function demoSourceMachine(options: DemoMachineOptions = {}): Machine {
  const { memory = 32 * MIB, dirtyRate = 4 * MIB, seed = 1 } = options;
  const { type, ram, devices } = emptyMachine(options);
  const random = seededRandom(seed);
  fillMemory(ram, random);
  wearIn(devices, random);
  const workload = new DemoWorkload(dirtyRate, options.workingSet ?? memory / 16);
  const machine = new Machine({ type, ram, devices, workload });
  machine.setRunState("running");
  return machine;
}

/** The same machine after power on, waiting for a guest: a destination's. */
export function demoDestinationMachine(options: DemoMachineOptions = {}): Machine {
  return new Machine({ ...emptyMachine(options), runState: "inmigrate" });
}

function emptyMachine({ type = "pc-q35-10.2", memory = 32 * MIB }: DemoMachineOptions) {
  const ram = new GuestRam([
    new RamBlock("pc.ram", memory),
    new RamBlock("pc.bios", 256 * 1024),
    new RamBlock("/rom@etc/acpi/tables", 128 * 1024),
  ]);
  return { type, ram, devices: demoDevices() };
}
