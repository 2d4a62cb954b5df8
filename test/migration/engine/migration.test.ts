import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  type DemoMachineOptions,
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import type {
  MigrationResult,
  MigrationSourceOptions,
} from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { findVmDescription } from "../../../src/migration/wire/find-vm-description.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { isSection, type StreamItem } from "../../../src/migration/wire/stream-item.js";
import { walk } from "../wire/walk.js";
import { migrate, succeeded } from "./migrate.js";
import { expectSameGuest } from "./same-guest.js";
import { enabledValues } from "./traced-names.js";

const MIB = 1024 * 1024;
const GUEST: DemoMachineOptions = { memory: 4 * MIB, dirtyRate: 2 * MIB };

/** Migrates a demo machine into memory, without a return path. */
async function toBytes(
  guest: DemoMachineOptions,
  options: Partial<MigrationSourceOptions> = {},
): Promise<{ readonly bytes: Uint8Array; readonly result: MigrationResult }> {
  const chunks: Uint8Array[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const machine = options.machine ?? demoSourceMachine(guest);
  const result = await new MigrationSource({ ...options, machine }).migrate(sink);
  expect(sink.closed || sink.writableFinished).toBe(true);
  return { bytes: new Uint8Array(Buffer.concat(chunks)), result };
}

async function itemsOf(bytes: Uint8Array): Promise<readonly StreamItem[]> {
  const description = await findVmDescription(bytesAsRandomAccess(bytes));
  const { items, error } = walk(bytes, { description: description! });
  expect(error).toBeUndefined();
  return items;
}

async function* chunksOf(bytes: Uint8Array, size = 65536): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const commandsOf = (items: readonly StreamItem[]) =>
  items.flatMap((item) => (item.type === "command" ? [item.command.name] : []));

describe("a precopy over a connection", () => {
  const guest = { memory: 8 * MIB, dirtyRate: 2 * MIB };

  test("under a workload: the guest arrives as it left, after several rounds", async () => {
    const source = demoSourceMachine(guest);
    const destination = demoDestinationMachine(guest);
    const run = await migrate(
      { machine: source, maxBandwidth: 16 * MIB, downtimeLimit: 20 },
      { machine: destination },
    );
    const { sent, loaded } = succeeded(run);
    expectSameGuest(destination, source);
    expect(loaded.pages).toEqual(sent.pages);
    expect(sent.dirtySyncs).toBeGreaterThan(2);
    expect([source.runState, destination.runState]).toEqual(["postmigrate", "running"]);
    expect(loaded).toMatchObject({ bytes: sent.bytes, switchoverStart: true, returnPath: true });
  });

  test("keeps to the bandwidth, and switches over below what fits the downtime", async () => {
    const values = await enabledValues(
      ["migrate_transferred", "migration_thread_low_pending"],
      async () => {
        const machine = demoSourceMachine(guest);
        const limits = { maxBandwidth: 10 * MIB, downtimeLimit: 40 };
        succeeded(
          await migrate({ machine, ...limits }, { machine: demoDestinationMachine(guest) }),
        );
      },
    );
    const measured = values.filter(({ name }) => name === "migrate_transferred");
    // A tenth of a second's budget, and what the output holds back at most.
    for (const { values } of measured) expect(Number(values[0])).toBeLessThan(MIB + 2 * 131072);
    const threshold = Number(measured.at(-1)!.values[4]);
    expect(Number(values.at(-1)!.values[0])).toBeLessThanOrEqual(threshold);
  });
});

describe("a precopy into a file", () => {
  test("holds the items that QEMU's has, and describes its devices", async () => {
    const { bytes } = await toBytes(GUEST);
    const items = await itemsOf(bytes);
    expect(commandsOf(items)).toEqual(["SWITCHOVER_START"]);
    // On a busy machine there is more than one PART.
    const sections = items
      .filter(isSection)
      .filter(({ type }, index, all) => type !== "section-part" || all[index - 1]!.type !== type);
    expect(sections.map(({ type, idstr, end }) => [type, idstr, end])).toEqual([
      ["section-start", "ram", "self"],
      ["section-part", "ram", "self"],
      ["section-end", "ram", "self"],
      ["section-full", "timer", "described"],
      ["section-full", "cpu_common", "described"],
      ["section-full", "qtrace-cpu", "described"],
      ["section-full", "qtrace-serial", "described"],
      ["section-full", "qtrace-rtc", "described"],
      ["section-full", "globalstate", "described"],
    ]);
    expect(items.slice(-2).map(({ type }) => type)).toEqual(["eof", "vm-description"]);
  });

  test("is loaded from there, in chunks of any length", async () => {
    const source = demoSourceMachine(GUEST);
    const { bytes, result } = await toBytes(GUEST, { machine: source });
    for (const size of [1000, 65536]) {
      const machine = demoDestinationMachine(GUEST);
      const loaded = await new MigrationDestination({ machine }).load(chunksOf(bytes, size));
      expectSameGuest(machine, source);
      expect(loaded).toMatchObject({ bytes: result.bytes, pages: result.pages, returnPath: false });
    }
  });

  test("sends zero pages as such, and names a block only when it changes", async () => {
    const { bytes, result } = await toBytes({ ...GUEST, dirtyRate: 0 });
    expect(result.pages.zero).toBeGreaterThan(result.pages.normal);
    const records = result.pages.zero * 9 + result.pages.normal * (8 + 4096);
    const names = ["pc.ram", "pc.bios", "/rom@etc/acpi/tables"].join("").length + 3;
    const parts = (await itemsOf(bytes))
      .filter(isSection)
      .filter(({ type }) => type === "section-part");
    const dataSize = parts.reduce((sum, part) => sum + part.dataSize, 0);
    expect(dataSize).toBe(records + names + 8 * parts.length);
  });
});

describe("SWITCHOVER_START", () => {
  test.each([
    ["pc-q35-10.2", undefined, true],
    ["pc-q35-9.2", undefined, false],
    ["pc-i440fx-9.1", undefined, false],
    ["pc-q35-9.2", true, true],
    ["pc-q35-10.2", false, false],
  ] as const)("of a %s with the property %s: sent is %s", async (type, property, sent) => {
    const options = property === undefined ? {} : { sendSwitchoverStart: property };
    const { bytes, result } = await toBytes({ type, memory: 128 * 1024 }, options);
    expect(result.switchoverStartSent).toBe(sent);
    expect(commandsOf(await itemsOf(bytes))).toEqual(sent ? ["SWITCHOVER_START"] : []);
  });
});
