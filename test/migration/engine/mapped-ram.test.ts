import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { fillMemory } from "../../../src/migration/engine/demo-memory.js";
import { GuestRam, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import type { MigrationSourceOptions } from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import type { OffsetSink } from "../../../src/migration/engine/offset-sink.js";
import { seededRandom } from "../../../src/migration/engine/seeded-random.js";
import type { MappedRamHeader } from "../../../src/migration/wire/mapped-ram-header.js";
import type { RamBlockInfo } from "../../../src/migration/wire/stream-item.js";
import { StreamReader } from "../../../src/migration/wire/stream-reader.js";
import { teeRamSink } from "../../../src/migration/wire/tee-ram-sink.js";
import { sharedPath, testWith } from "../../support/tools.js";
import { Memory } from "../wire/memory.js";
import { MemoryFile } from "./memory-file.js";
import { realNames } from "./real-names.js";
import { expectSameGuest } from "./same-guest.js";
import { destinationOrder, sourceOrder } from "./trace-order.js";
import { tracedNames } from "./traced-names.js";

const MIB = 1024 * 1024;
const GUEST = { memory: 4 * MIB, dirtyRate: 8 * MIB };
/** Slow enough for some rounds. */
const SLOW = { maxBandwidth: 8 * MIB, downtimeLimit: 20 };

function source(machine: Machine, options: Partial<MigrationSourceOptions> = {}): MigrationSource {
  return new MigrationSource({ machine, mappedRam: true, ...options });
}

interface Place {
  readonly block: RamBlockInfo;
  readonly header: MappedRamHeader;
  readonly bitmap: Uint8Array;
}

/** What a file has of memory, by our reader. */
function read(file: Uint8Array): { memory: Memory; places: Place[]; end: number } {
  const [memory, places] = [new Memory(), [] as Place[]];
  const mapped = (block: RamBlockInfo, header: MappedRamHeader, bitmap: Uint8Array) =>
    void places.push({ block, header, bitmap });
  const reader = new StreamReader({ ram: teeRamSink([memory.sink, { mapped }]) });
  reader.append(file);
  reader.end();
  let end = 0;
  for (let item = reader.next(); item; item = reader.next()) {
    if (item.type === "section-start") end = item.offset + item.size;
  }
  return { memory, places, end };
}

describe("a file in mapped-ram's format", () => {
  test("is read back to the same memory, over some rounds", async () => {
    const [machine, file] = [demoSourceMachine(GUEST), new MemoryFile()];
    const result = await source(machine, SLOW).migrate(file);
    expect(result.dirtySyncs).toBeGreaterThan(2);
    expect(file).toMatchObject({ closed: 1, mostAtOnce: 1 });
    const { memory, places } = read(file.bytes);
    for (const block of machine.ram.blocks) {
      expect(Buffer.compare(memory.blocks.get(block.name)!, block.bytes), block.name).toBe(0);
    }
    expect(places.map(({ header }) => header.pagesOffset % MIB)).toEqual([0, 0, 0]);
    // Pages that go again go to the same place.
    const held = machine.ram.blocks.flatMap((block) =>
      Array.from({ length: block.pages }, (_, page) => block.isZero(page)),
    );
    expect(result.pages.normal).toBeGreaterThan(held.filter((isZero) => !isZero).length);
    expect(result.bytes).toBeGreaterThan(result.pages.normal * 4096);
  });

  test("is loaded by our destination, over what was in its memory", async () => {
    const [machine, file] = [demoSourceMachine(GUEST), new MemoryFile()];
    const destination = demoDestinationMachine(GUEST);
    destination.ram.blocks[0]!.bytes.fill(0xaa);
    await source(machine).migrate(file);
    const loaded = await new MigrationDestination({ machine: destination }).load([file.bytes]);
    expectSameGuest(destination, machine);
    const pages = machine.ram.size / 4096;
    expect(loaded.pages.normal + loaded.pages.zero).toBe(pages);
    expect(loaded.pages.zero).toBeGreaterThan(pages / 3);
  });

  test("does not hold a page that became zero", async () => {
    const file = new MemoryFile();
    const block = new RamBlock("ram", MIB);
    block.write(5 * 4096, new Uint8Array(4096).fill(7));
    block.write(70 * 4096, Uint8Array.of(1));
    const machine = new Machine({ type: "none", ram: new GuestRam([block]), devices: [] });
    const migration = source(machine, { pauseBeforeSwitchover: true });
    const migrated = migration.migrate(file);
    await expect.poll(() => migration.status).toBe("pre-switchover");
    block.write(5 * 4096, new Uint8Array(4096));
    migration.continueSwitchover();
    await migrated;
    const [{ header, bitmap }] = read(file.bytes).places as [Place];
    expect(file.bytes[header.pagesOffset + 5 * 4096]).toBe(7);
    expect(bitmap[0]).toBe(0);
    expect(bitmap[8]).toBe(1 << 6);
  });

  test("may be asked to hold pages of zeros, too", async () => {
    const file = new MemoryFile();
    const ram = new GuestRam([new RamBlock("ram", 65 * 4096)]);
    const machine = new Machine({ type: "none", ram, devices: [] });
    await source(machine, { zeroPages: false }).migrate(file);
    const [{ bitmap }] = read(file.bytes).places as [Place];
    // Of whole 64-bit words, in which the bits of no page stay clear.
    expect([...bitmap]).toEqual([...Array(8).fill(0xff), 1, ...Array(7).fill(0)]);
  });

  test("is the same if the file takes but a few bytes at a time", async () => {
    const write = async (file: MemoryFile) => {
      const ram = new GuestRam([new RamBlock("ram", MIB)]);
      fillMemory(ram, seededRandom(2));
      await source(new Machine({ type: "none", ram, devices: [] })).migrate(file);
      return file.bytes;
    };
    const [whole, pieces] = [await write(new MemoryFile()), await write(new MemoryFile(1000))];
    expect(Buffer.compare(whole, pieces)).toBe(0);
  });

  test("needs no mapped-ram: an ordinary stream goes into it as well", async () => {
    const [machine, file] = [demoSourceMachine(GUEST), new MemoryFile()];
    await source(machine, { mappedRam: false }).migrate(file);
    const destination = demoDestinationMachine(GUEST);
    await new MigrationDestination({ machine: destination }).load([file.bytes]);
    expectSameGuest(destination, machine);
  });
});

testWith(["shared"], "our file of a real QEMU's memory has the bytes of QEMU's", async () => {
  const real = readFileSync(sharedPath("recordings", "pc-mapped-ram", "stream.bin"));
  const theirs = read(real);
  const blocks = [...theirs.memory.blocks].map(([name, bytes]) => {
    const block = new RamBlock(name, bytes.length);
    block.bytes.set(bytes);
    return block;
  });
  const type = "pc-i440fx-10.2";
  const file = new MemoryFile();
  await source(new Machine({ type, ram: new GuestRam(blocks), devices: [] })).migrate(file);
  const ours = read(file.bytes);
  expect(ours.end).toBe(theirs.end);
  expect(ours.places).toEqual(theirs.places);
  // All up to the end of START: header, configuration, block list, bitmaps, pages, what is between.
  expect(Buffer.compare(file.bytes.subarray(0, ours.end), real.subarray(0, theirs.end))).toBe(0);
  const configurations = [file.bytes, real].map((bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    const from = text.lastIndexOf('{"configuration"');
    return text.slice(from, text.indexOf('"devices"', from)).replaceAll(/\s/g, "");
  });
  expect(configurations[0]).toBe(configurations[1]);
});

testWith(["shared"], "the order of events is QEMU's at both ends", async () => {
  const file = new MemoryFile();
  const names = await tracedNames(async (as) => {
    // A guest that comes to a second round, as the recorded one.
    const machine = await as("source", async () => demoSourceMachine({ memory: 4 * MIB }));
    await as("source", async () => void (await source(machine).migrate(file)));
    const destination = demoDestinationMachine({ memory: 4 * MIB });
    await as(
      "destination",
      async () =>
        void (await new MigrationDestination({ machine: destination }).load([file.bytes])),
    );
  });
  expect(sourceOrder(names.source)).toEqual(sourceOrder(realNames("pc-mapped-ram", "source")));
  expect(destinationOrder(names.destination)).toEqual(
    destinationOrder(realNames("pc-mapped-ram", "destination")),
  );
});

describe("what does not go together", () => {
  test.each([
    [{ xbzrle: {} }, "mapped-ram and xbzrle exclude each other"],
    [{ postcopy: true }, "mapped-ram and postcopy exclude each other"],
    [
      { multifd: { channels: 0, connect: () => Promise.reject(new Error("not asked")) } },
      "mapped-ram and multifd exclude each other",
    ],
    [{ returnPath: true }, "a return path needs a channel to read from"],
  ])("%o is refused, the file closed", async (options, message) => {
    const file = new MemoryFile();
    const machine = demoSourceMachine(GUEST);
    await expect(source(machine, options).migrate(file)).rejects.toThrow(message);
    await expect.poll(() => file.closed).toBe(1);
    expect(machine.runState).toBe("running");
  });

  test("mapped-ram and what is no file", async () => {
    const sink = { write() {}, end() {}, destroy() {}, on() {} };
    const migrated = source(demoSourceMachine(GUEST)).migrate(sink);
    await expect(migrated).rejects.toThrow(
      "mapped-ram wants a file that can be written at offsets",
    );
  });
});

describe("a file that fails", () => {
  /** A file of which some function is another. */
  function failing(other: (file: MemoryFile) => Partial<OffsetSink>) {
    const file = new MemoryFile();
    const sink = {
      writeAt: (offset: number, bytes: Uint8Array) => file.writeAt(offset, bytes),
      close: () => file.close(),
    };
    return { file, sink: { ...sink, ...other(file) } };
  }

  test.each([0, 1, 2, 10, 40])("at write %i ends the migration with its reason", async (last) => {
    const { file, sink } = failing((own) => ({
      writeAt(offset: number, bytes: Uint8Array) {
        if (own.writes === last) throw new Error("ENOSPC: no space left");
        return own.writeAt(offset, bytes);
      },
    }));
    const machine = demoSourceMachine(GUEST);
    await expect(source(machine, SLOW).migrate(sink)).rejects.toThrow("no space left");
    await expect.poll(() => file.closed).toBe(1);
    expect(file.writes).toBe(last);
    expect(machine.runState).toBe("running");
  });

  test("on closing ends the migration, too", async () => {
    const { sink } = failing(() => ({ close: () => Promise.reject(new Error("EIO")) }));
    const machine = demoSourceMachine(GUEST);
    await expect(source(machine).migrate(sink)).rejects.toThrow("the channel failed: EIO");
    expect(machine.runState).toBe("running");
  });

  test("to take anything is not asked for ever", async () => {
    const { sink } = failing(() => ({ writeAt: () => 0 }));
    const migrated = source(demoSourceMachine(GUEST)).migrate(sink);
    await expect(migrated).rejects.toThrow("nothing was written at 0");
  });

  test("to answer ends the migration after the time-out", async () => {
    const { sink } = failing(() => ({ writeAt: () => new Promise<number>(() => {}) }));
    const migrated = source(demoSourceMachine(GUEST), { stallTimeout: 50 }).migrate(sink);
    await expect(migrated).rejects.toThrow("the file kept this end waiting for 50 ms");
  });

  test("to come to an end, as it is cancelled, is closed and left alone", async () => {
    const [machine, file] = [demoSourceMachine(GUEST), new MemoryFile()];
    const migration = source(machine, { maxBandwidth: MIB });
    const migrated = migration.migrate(file);
    await expect.poll(() => file.writes).toBeGreaterThan(4);
    migration.cancel();
    await expect(migrated).rejects.toThrow("cancelled");
    await expect.poll(() => file.closed).toBe(1);
    const writes = file.writes;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(file.writes).toBe(writes);
  });
});
