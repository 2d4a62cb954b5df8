import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { demoSourceMachine } from "../../../src/migration/engine/demo-machine.js";
import { fillMemory } from "../../../src/migration/engine/demo-memory.js";
import { DemoWorkload } from "../../../src/migration/engine/demo-workload.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import type {
  MigrationResult,
  MigrationSourceOptions,
} from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { seededRandom } from "../../../src/migration/engine/seeded-random.js";
import { testWith } from "../../support/tools.js";
import { expectMemory, inFolder, machineNone, withQemu } from "./machine-none.js";

const MIB = 1024 * 1024;

testWith(["qemu"], "our source migrates into a real QEMU, which answers and runs", async (tool) => {
  await inFolder(async (folder) => {
    const path = join(folder, "incoming");
    await withQemu(tool.qemu, ["-incoming", `unix:${path}`], async (qemu) => {
      const machine = machineNone(new DemoWorkload(2 * MIB, MIB));
      fillMemory(machine.ram, seededRandom(3));
      machine.setRunState("running");
      const socket = createConnection(path);
      const result = await new MigrationSource({
        machine,
        maxBandwidth: 8 * MIB,
        downtimeLimit: 5,
        stallTimeout: 5000,
      }).migrate(socket);
      expect(result.dirtySyncs).toBeGreaterThan(2);
      await expectMemory(qemu, folder, machine);
    });
  });
});

/** Migrates a guest of ours into a real QEMU that was told of these capabilities. */
async function intoQemu(
  program: string,
  capabilities: readonly string[],
  options: (connect: () => Socket) => Partial<MigrationSourceOptions>,
  during: (source: MigrationSource) => Promise<void> = async () => {},
  dirtyRate = 4 * MIB,
): Promise<MigrationResult> {
  let result: MigrationResult | undefined;
  await inFolder(async (folder) => {
    const path = join(folder, "incoming");
    await withQemu(program, ["-incoming", "defer"], async (qemu) => {
      const states = capabilities.map((capability) => ({ capability, state: true }));
      await qemu.execute("migrate-set-capabilities", { capabilities: states });
      await qemu.execute("migrate-incoming", { uri: `unix:${path}` });
      const machine = machineNone(new DemoWorkload(dirtyRate, MIB));
      fillMemory(machine.ram, seededRandom(5));
      machine.setRunState("running");
      const connect = () => createConnection({ path, allowHalfOpen: true });
      const source = new MigrationSource({
        machine,
        maxBandwidth: 8 * MIB,
        downtimeLimit: 5,
        stallTimeout: 5000,
        ...options(connect),
      });
      const migrated = source.migrate(connect());
      await during(source);
      result = await migrated;
      await expectMemory(qemu, folder, machine);
    });
  });
  return result!;
}

testWith(["qemu"], "a real QEMU takes multifd from our source", async (tool) => {
  const result = await intoQemu(tool.qemu, ["multifd"], (connect) => ({
    multifd: { channels: 2, connect },
  }));
  expect(result.dirtySyncs).toBeGreaterThan(2);
});

testWith(["qemu"], "a real QEMU takes XBZRLE from our source", async (tool) => {
  // So fast that pages are dirtied once more after they have come into the cache.
  const result = await intoQemu(
    tool.qemu,
    ["xbzrle"],
    () => ({ xbzrle: {}, downtimeLimit: 2 }),
    undefined,
    32 * MIB,
  );
  expect(result.pages.xbzrle).toBeGreaterThan(10);
});

testWith(["qemu"], "a real QEMU takes postcopy from our source", async (tool) => {
  await intoQemu(
    tool.qemu,
    ["postcopy-ram"],
    () => ({ postcopy: true, maxBandwidth: MIB, downtimeLimit: 1 }),
    async (source) => {
      await delay(100);
      source.startPostcopy();
    },
  );
});

testWith(["qemu"], "a real QEMU acknowledges the switchover of our source", async (tool) => {
  await intoQemu(tool.qemu, ["switchover-ack", "return-path"], () => ({ switchoverAck: true }));
});

testWith(["qemu"], "a real QEMU loads a mapped-ram file that our source wrote", async (tool) => {
  await inFolder(async (folder) => {
    const path = join(folder, "guest.mapped");
    const machine = machineNone(new DemoWorkload(4 * MIB, MIB));
    fillMemory(machine.ram, seededRandom(6));
    machine.setRunState("running");
    const file = await open(path, "w");
    const result = await new MigrationSource({
      machine,
      mappedRam: true,
      maxBandwidth: 8 * MIB,
      downtimeLimit: 5,
    }).migrate({
      writeAt: async (offset, bytes) =>
        (await file.write(bytes, 0, bytes.length, offset)).bytesWritten,
      close: () => file.close(),
    });
    expect(result.dirtySyncs).toBeGreaterThan(2);
    await withQemu(tool.qemu, ["-incoming", "defer"], async (qemu) => {
      const capability = { capability: "mapped-ram", state: true };
      await qemu.execute("migrate-set-capabilities", { capabilities: [capability] });
      await qemu.execute("migrate-incoming", { uri: `file:${path}` });
      await expectMemory(qemu, folder, machine);
    });
  });
});

testWith(["qemu"], "a real QEMU migrates into our destination", async (tool) => {
  await inFolder(async (folder) => {
    const [path, memory] = [join(folder, "outgoing"), join(folder, "memory")];
    const source = machineNone(new DemoWorkload(0, MIB));
    fillMemory(source.ram, seededRandom(4));
    writeFileSync(memory, source.ram.blocks[0]!.bytes);
    const server = createServer().listen(path);
    await once(server, "listening");
    const loader = ["-device", `loader,file=${memory},addr=0,force-raw=on`];
    await withQemu(tool.qemu, loader, async (qemu) => {
      const capability = { capability: "return-path", state: true };
      await qemu.execute("migrate-set-capabilities", { capabilities: [capability] });
      const connected = once(server, "connection") as Promise<[Socket]>;
      await qemu.execute("migrate", { uri: `unix:${path}` });
      const [socket] = await connected;
      server.close();
      const machine = machineNone();
      const result = await new MigrationDestination({ machine, stallTimeout: 5000 }).load(socket);
      expect(result).toMatchObject({ switchoverStart: true, returnPath: true });
      expect(machine.runState).toBe("running");
      expect(Buffer.compare(machine.ram.blocks[0]!.bytes, readFileSync(memory))).toBe(0);
      await qemu.until("query-migrate", "status", "completed");
    });
  });
});

testWith(
  ["python", "qemuScripts"],
  "QEMU's own reader reads what our source wrote",
  async (tool) => {
    await inFolder(async (folder) => {
      const file = join(folder, "stream.bin");
      const machine = demoSourceMachine({ memory: MIB });
      await new MigrationSource({ machine }).migrate(createWriteStream(file));
      const script = join(tool.qemuScripts, "analyze-migration.py");
      const state = JSON.parse(
        execFileSync(tool.python, [script, "-f", file], { encoding: "utf8" }),
      );
      expect(Object.keys(state)).toEqual([
        "ram (1)",
        "timer (2)",
        "cpu_common (3)",
        "qtrace-cpu (4)",
        "qtrace-serial (5)",
        "qtrace-rtc (6)",
        "globalstate (8)",
      ]);
      const cpu = machine.devices.find(({ idstr }) => idstr === "qtrace-cpu")!.state;
      const registers = (cpu.registers as bigint[]).map(
        (value) => `0x${value.toString(16).padStart(16, "0")}`,
      );
      expect(state["qtrace-cpu (4)"].registers).toEqual(registers);
      expect(state["qtrace-cpu (4)"].privilege).toBe("0xff (-1)");
      expect(state["qtrace-serial (5)"]["qtrace-serial/fifo"].fifo_count).toBe("0x00000003");
    });
  },
);
