import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { MARK, MARK_ADDRESS, writeBootDisk } from "../../support/boot-sector.js";
import { type RunningCli, startCli } from "../../support/interruptible-cli.js";
import { Qemu } from "../../support/qemu.js";

const MEMORY = 32 * 1024 * 1024;

/** Guests of a real QEMU, of 32 MiB, whose files are in a folder. */
export function realGuests(program: string, work: string) {
  const [dirtying, halting] = [join(work, "dirtying"), join(work, "halting")];
  writeBootDisk(dirtying);
  writeBootDisk(halting, 3);
  let names = 0;
  const path = (what: string) => join(work, `${what}-${++names}`);

  /** Runs `body` with a QEMU, whatever becomes of it. */
  async function withGuest<T>(
    disk: string,
    args: readonly string[],
    body: (qemu: Qemu) => Promise<T>,
    { machine = "q35", stopped = true } = {},
  ): Promise<T> {
    const drive = `file=${disk},format=raw,if=ide,snapshot=on`;
    const given = ["-machine", machine, "-m", "32", "-drive", drive, ...args];
    const qemu = await Qemu.start(program, given, { stopped });
    try {
      return await body(qemu);
    } finally {
      await qemu.quit();
    }
  }

  /** Lets a guest run until its boot sector does, and a moment longer. */
  async function boot(qemu: Qemu): Promise<void> {
    await qemu.execute("cont");
    const command = { "command-line": `xp /1hx ${MARK_ADDRESS}` };
    for (;;) {
      const printed = await qemu.execute("human-monitor-command", command);
      if (String(printed).includes(MARK.toString(16))) return void (await delay(100));
      await delay(50);
    }
  }

  async function enable(qemu: Qemu, ...capabilities: string[]): Promise<void> {
    const states = capabilities.map((capability) => ({ capability, state: true }));
    await qemu.execute("migrate-set-capabilities", { capabilities: states });
  }

  /** The guest's memory, but for what firmware and video memory lie over. */
  async function memoryOf(qemu: Qemu): Promise<Buffer> {
    const file = path("memory");
    await qemu.execute("pmemsave", { val: 0, size: MEMORY, filename: file });
    return maskedMemory(file);
  }

  function maskedMemory(file: string): Buffer {
    const memory = readFileSync(file);
    expect(memory).toHaveLength(MEMORY);
    return memory.fill(0, 0xa0000, 0x100000);
  }

  /** Starts `receive`; gives the address for QEMU. */
  async function startReceive(listen: string, output: string): Promise<[RunningCli, string]> {
    const receive = startCli(["receive", "--listen", listen, "--output", output]);
    const where = await receive.said("migration at ");
    return [receive, where.startsWith("unix:") ? where : `tcp:${where}`];
  }

  return {
    /** Disks whose guest dirties its memory, for ever or for a while. */
    dirtying,
    halting,
    path,
    withGuest,
    boot,
    enable,
    memoryOf,
    maskedMemory,
    startReceive,
  };
}
