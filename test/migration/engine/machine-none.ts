import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { timerDevice } from "../../../src/migration/engine/demo-devices.js";
import type { DemoWorkload } from "../../../src/migration/engine/demo-workload.js";
import { GuestRam, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import { Qemu } from "./qemu.js";

const MIB = 1024 * 1024;
export const SIZE = 4 * MIB;

/** QEMU's machine "none" with a memory of 4 MiB: RAM, the clocks and the global state are all it has. */
export function machineNone(workload?: DemoWorkload): Machine {
  const ram = new GuestRam([new RamBlock("ram", SIZE)]);
  return new Machine({
    type: "none",
    ram,
    devices: [timerDevice()],
    ...(workload ? { workload } : { runState: "inmigrate" }),
  });
}

export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-qemu-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function withQemu(
  program: string,
  args: readonly string[],
  run: (qemu: Qemu) => Promise<void>,
): Promise<void> {
  const qemu = new Qemu(program, ["-machine", "none", "-m", "4M", ...args]);
  try {
    await qemu.greet();
    await run(qemu);
  } finally {
    qemu.kill();
  }
}

/** The guest comes to run in QEMU, with the memory that it had in our machine. */
export async function expectMemory(qemu: Qemu, folder: string, machine: Machine): Promise<void> {
  await qemu.until("query-status", "status", "running");
  const saved = join(folder, "memory");
  await qemu.execute("pmemsave", { val: 0, size: SIZE, filename: saved });
  expect(Buffer.compare(readFileSync(saved), machine.ram.blocks[0]!.bytes)).toBe(0);
}
