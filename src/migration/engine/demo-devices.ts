import type { Device } from "./device.js";
import type { Random } from "./seeded-random.js";
import type { DeviceState, FieldValue, VmStateDescription } from "./vmstate-description.js";
import {
  bitmap,
  buffer,
  equal,
  scalar,
  scalarArray,
  since,
  struct,
  structArray,
  unused,
} from "./vmstate-fields.js";

/** As QEMU has it (system/cpu-timers.c: vmstate_timers, without its subsections). */
const TIMER: VmStateDescription = {
  name: "timer",
  version: 2,
  minimumVersion: 1,
  fields: [
    scalar("int64", "cpu_ticks_offset"),
    unused(8),
    since(2, scalar("int64", "cpu_clock_offset")),
  ],
};

/** As QEMU has it (hw/core/cpu-system.c: vmstate_cpu_common, without its subsections). */
const CPU_COMMON: VmStateDescription = {
  name: "cpu_common",
  version: 1,
  fields: [scalar("uint32", "halted"), scalar("uint32", "interrupt_request")],
};

const SEGMENT: VmStateDescription = {
  name: "qtrace-segment",
  version: 1,
  fields: [
    scalar("uint16", "selector"),
    scalar("uint64", "base"),
    scalar("uint32", "limit"),
    scalar("bool", "present"),
  ],
};

const FPU: VmStateDescription = {
  name: "qtrace-fpu",
  version: 1,
  fields: [scalar("int16", "control"), scalarArray("float64", "registers", 8)],
};

/** A processor of this project's own. */
const CPU: VmStateDescription = {
  name: "qtrace-cpu",
  version: 1,
  fields: [
    scalarArray("uint64", "registers", 16),
    scalar("uint64", "rip"),
    scalar("int8", "privilege"),
    structArray("segments", SEGMENT, 6),
    struct("fpu", FPU),
    bitmap("pending", 256),
  ],
  subsections: [
    {
      name: "qtrace-cpu/tsc",
      version: 1,
      fields: [scalar("uint64", "tsc")],
      needed: ({ tsc }) => tsc !== 0n,
    },
    {
      name: "qtrace-cpu/smm",
      version: 1,
      fields: [scalar("uint32", "smbase")],
      needed: ({ smbase }) => smbase !== 0,
    },
  ],
};

/** A serial port of this project's own, whose FIFO is sent if something waits in it. */
const SERIAL: VmStateDescription = {
  name: "qtrace-serial",
  version: 3,
  minimumVersion: 2,
  fields: [
    equal("uint32", "baud_base"),
    scalar("uint16", "divider"),
    scalarArray("uint8", "line", 4),
    since(3, scalar("uint8", "fcr")),
  ],
  subsections: [
    {
      name: "qtrace-serial/fifo",
      version: 1,
      fields: [scalar("uint32", "fifo_count"), buffer("fifo", 16)],
      needed: ({ fifo_count }) => fifo_count !== 0,
    },
  ],
};

/** A clock of this project's own. */
const RTC: VmStateDescription = {
  name: "qtrace-rtc",
  version: 1,
  fields: [
    buffer("cmos", 128),
    scalar("int32 le", "offset"),
    scalar("timer", "alarm"),
    scalar("timer", "update"),
    scalar("uint64", "last_update"),
  ],
};

const EEPROM: VmStateDescription = {
  name: "qtrace-eeprom",
  version: 1,
  fields: [scalar("uint8", "address"), buffer("data", 256)],
};

/** The demo machine's devices, as they are after power on. */
export function demoDevices(): Device[] {
  return [
    timerDevice(),
    device("cpu_common", CPU_COMMON, { halted: 0, interrupt_request: 0 }),
    device("qtrace-cpu", CPU, cpuState()),
    device("qtrace-serial", SERIAL, serialState()),
    device("qtrace-rtc", RTC, rtcState()),
    {
      ...device("qtrace-eeprom", EEPROM, { address: 0, data: new Uint8Array(256) }),
      needed: ({ address }) => address !== 0,
    },
  ];
}

/** QEMU's clocks, which every machine of its has. */
export function timerDevice(): Device {
  return device("timer", TIMER, { cpu_ticks_offset: 0n, cpu_clock_offset: 0n });
}

function device(idstr: string, vmState: VmStateDescription, state: DeviceState): Device {
  return { idstr, instanceId: 0, vmState, state };
}

function cpuState(): DeviceState {
  const segment = () => ({ selector: 0, base: 0n, limit: 0, present: false });
  return {
    registers: list(16, () => 0n),
    rip: 0xfff0n,
    privilege: 0,
    segments: list(6, segment),
    fpu: { control: 0, registers: list(8, () => 0) },
    pending: new Uint8Array(32),
    tsc: 0n,
    smbase: 0,
  };
}

function serialState(): DeviceState {
  return {
    baud_base: 115200,
    divider: 12,
    line: list(4, () => 0),
    fcr: 0,
    fifo_count: 0,
    fifo: new Uint8Array(16),
  };
}

function rtcState(): DeviceState {
  return {
    cmos: new Uint8Array(128),
    offset: 0,
    alarm: undefined,
    update: undefined,
    last_update: 0n,
  };
}

function list(length: number, value: (index: number) => FieldValue): FieldValue[] {
  return Array.from({ length }, (_, index) => value(index));
}

/** Gives the devices a state as of a guest that has run for a while. */
export function wearIn(devices: readonly Device[], random: Random): void {
  const state = (idstr: string) => devices.find((known) => known.idstr === idstr)?.state ?? {};
  const word = () => (BigInt(random(0xffff_ffff)) << 32n) | BigInt(random(0xffff_ffff));
  const bytes = (length: number) => Uint8Array.from({ length }, () => random(256));
  Object.assign(state("cpu_common"), { halted: 1, interrupt_request: random(256) });
  Object.assign(state("qtrace-cpu"), {
    registers: list(16, word),
    privilege: -1,
    segments: list(6, (selector) => ({
      selector,
      base: word(),
      limit: 0xffff_ffff,
      present: true,
    })),
    fpu: { control: -1, registers: list(8, () => random(1000) / 7) },
    pending: bytes(32),
    tsc: word(),
  });
  Object.assign(state("qtrace-serial"), {
    line: list(4, () => random(256)),
    fifo_count: 3,
    fifo: bytes(16),
  });
  Object.assign(state("qtrace-rtc"), { cmos: bytes(128), offset: -3600, alarm: 1_000_000n });
}
