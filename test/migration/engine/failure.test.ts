import { Duplex, PassThrough, Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { acceptConfiguration } from "../../../src/migration/engine/configuration-state.js";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { GlobalState } from "../../../src/migration/engine/globalstate.js";
import { GuestRam, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { UnknownMachine } from "../../../src/migration/engine/unknown-machine.js";
import { scalar } from "../../../src/migration/engine/vmstate-fields.js";
import { ItemType } from "../../../src/migration/wire/constants.js";
import {
  type ReturnPathMessage,
  writeReturnPathMessage,
} from "../../../src/migration/wire/return-path.js";
import type { Configuration } from "../../../src/migration/wire/stream-item.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { seededRandom } from "../../support/random.js";
import { bytesOf, concat } from "../wire/bytes.js";
import { type Fault, faultyConnection } from "./faulty-connection.js";
import { connection, migrate, type Outcome } from "./migrate.js";

const MIB = 1024 * 1024;
const GUEST = { memory: MIB, dirtyRate: MIB };

function reasons({ source, destination }: Outcome): (string | undefined)[] {
  return [source, destination].map((end) =>
    end.status === "rejected" ? (end.reason as Error).message : undefined,
  );
}

/** Runs both ends with a fault in the connection between; whoever waits too long gives up. */
async function migrateWith(
  fault: Fault,
  stallTimeout = 200,
): Promise<Outcome & { machine: Machine }> {
  const { source, destination, close } = await faultyConnection(fault);
  const machine = demoSourceMachine(GUEST);
  const [sent, loaded] = await Promise.allSettled([
    new MigrationSource({ machine, stallTimeout }).migrate(source),
    new MigrationDestination({ machine: demoDestinationMachine(GUEST), stallTimeout }).load(
      destination,
    ),
  ]);
  close();
  expect([source.destroyed, destination.destroyed]).toEqual([true, true]);
  return { source: sent, destination: loaded, machine };
}

describe("the peer", () => {
  test("vanishes while it is sent to: the source fails and its guest runs on", async () => {
    const run = await migrateWith({ way: "to destination", at: 200_000, kind: "cut" });
    expect(run.source).toMatchObject({ status: "rejected", reason: { name: "MigrationError" } });
    expect(run.destination).toMatchObject({ status: "rejected", reason: expect.any(Error) });
    expect(run.machine.runState).toBe("running");
  });

  test("vanishes before its SHUT", async () => {
    const run = await migrateWith({ way: "to source", at: 8, kind: "cut" });
    expect(run.source).toMatchObject({ status: "rejected", reason: { name: "MigrationError" } });
    expect(run.machine.runState).toBe("running");
  });

  test("stalls: whoever waits gives up in time", async () => {
    const run = await migrateWith({ way: "to destination", at: 100_000, kind: "stall" });
    expect(reasons(run)).toContain("the peer kept this end waiting for 200 ms");
  });

  test("sends rubbish on the return path: a DecodeError", async () => {
    const [near, far] = await connection();
    far.resume();
    far.write(Uint8Array.of(0, 9, 0, 0));
    const machine = demoSourceMachine(GUEST);
    await expect(new MigrationSource({ machine }).migrate(near)).rejects.toThrow(DecodeError);
    expect(machine.runState).toBe("running");
    far.destroy();
  });

  test.each<[string, ReturnPathMessage, number]>([
    ["more PONGs than there were PINGs", { type: "PONG", value: 1 }, 2],
    ["SWITCHOVER_ACK twice", { type: "SWITCHOVER_ACK" }, 2],
  ])("sends %s: the source fails", async (_, message, times) => {
    const [near, far] = await connection();
    far.resume();
    const writer = new ByteWriter("big");
    for (let time = 0; time < times; time += 1) writeReturnPathMessage(writer, message);
    far.once("data", () => far.write(writer.take()));
    const machine = demoSourceMachine(GUEST);
    await expect(
      new MigrationSource({ machine, stallTimeout: 5000 }).migrate(near),
    ).rejects.toThrow(`the destination sent ${message.type}, which this source has no use for`);
    expect(machine.runState).toBe("running");
    far.destroy();
  });

  test("sends rubbish as a stream: a DecodeError, and the channel is closed", async () => {
    const [near, far] = await connection();
    near.write("GET / HTTP/1.1\r\n\r\n");
    const machine = demoDestinationMachine(GUEST);
    await expect(new MigrationDestination({ machine }).load(far)).rejects.toThrow(DecodeError);
    expect(far.destroyed).toBe(true);
    near.destroy();
  });

  test("asks for pages, as in postcopy", async () => {
    const [near, far] = await connection();
    far.resume();
    far.write(bytesOf("0004 000c 0000000000000000 00001000"));
    await expect(
      new MigrationSource({ machine: demoSourceMachine(GUEST) }).migrate(near),
    ).rejects.toThrow("REQ_PAGES");
    far.destroy();
  });
});

describe("random faults", () => {
  const random = seededRandom(8);
  const kinds = ["cut", "stall", "flip"] as const;
  const faults = Array.from({ length: 60 }, (_, index): Fault => {
    const way = index % 4 === 0 ? "to source" : "to destination";
    return { way, at: random(way === "to source" ? 20 : 600_000), kind: kinds[index % 3]! };
  });

  test("none hangs, none leaves a channel open, each ends with an Error or well", async () => {
    for (const fault of faults) {
      const run = await migrateWith(fault, 100);
      for (const end of [run.source, run.destination]) {
        if (end.status === "fulfilled") continue;
        expect(["DecodeError", "MigrationError"]).toContain(end.reason.name);
      }
    }
  });

  test("nothing keeps the process alive afterwards", async () => {
    await delay(50);
    const resources = process.getActiveResourcesInfo();
    expect(
      resources.filter((name) => name === "TCPSocketWrap" || name === "TCPServerWrap"),
    ).toEqual([]);
  });
});

describe("what does not fit", () => {
  const device = (idstr: string, version: number) => ({
    idstr,
    instanceId: 0,
    vmState: { name: idstr, version, fields: [scalar("uint8", "value")] },
    state: { value: 1 },
  });
  const machineOf = (options: {
    type?: string;
    block?: string;
    size?: number;
    devices?: readonly ReturnType<typeof device>[];
  }) =>
    new Machine({
      type: options.type ?? "none",
      ram: new GuestRam([new RamBlock(options.block ?? "ram", options.size ?? 8192)]),
      devices: options.devices ?? [],
    });

  test.each([
    // It is found out before the return path opens.
    ["the machine type", { type: "pc" }, 'the stream is of a machine "none", this one is a "pc"'],
    ["the size of RAM", { size: 4096 }, 'RAM block "ram" of 8192 bytes, here of 4096'],
    ["a block of RAM", { block: "vga" }, 'RAM block "ram", this machine has not'],
    ["a device is missing", {}, 'unknown section "extra" instance 0'],
    ["a device is older", { devices: [device("extra", 1)] }, "only up to 1 is known"],
  ])("%s: both ends fail", async (_, destination, message) => {
    const machine = machineOf({ devices: [device("extra", 2)] });
    const run = await migrate({ machine }, { machine: machineOf(destination) });
    const [source, reason] = reasons(run);
    expect(reason).toContain(message);
    expect(source).toMatch(/the destination failed and sent SHUT 1|went away without SHUT/);
  });
});

describe("what a destination refuses", () => {
  const start = bytesOf("5145564d 00000003", "07 00000004", { text: "none" });
  const load = async (...items: readonly Uint8Array[]) => {
    const machine = new Machine({ type: "none", ram: new GuestRam([]), devices: [] });
    await new MigrationDestination({ machine }).load([concat(start, ...items)]);
  };

  test.each([
    [
      "SWITCHOVER_START with a payload",
      "08 000b 0001 00",
      "SWITCHOVER_START with 1 bytes of payload",
    ],
    ["an unknown command", "08 000c 0000", "unknown command 12"],
    ["command 0", "08 0000 0000", "unknown command 0"],
    ["a return path without a way back", "08 0001 0000", "the channel has no way back"],
    ["PING without a return path", "08 0002 0004 00000001", "PING 1 without a return path"],
    ["POSTCOPY_LISTEN", "08 0004 0000", "POSTCOPY_LISTEN out of place"],
    ["POSTCOPY_RUN", "08 0005 0000", "POSTCOPY_RUN out of place"],
    ["ENABLE_COLO", "08 0008 0000", "command ENABLE_COLO, which"],
    ["an unknown item", "09", "unknown item type 0x9"],
    ["an end without EOF", "", "cut short"],
  ])("%s", async (_, hex, message) => {
    await expect(load(bytesOf(hex))).rejects.toThrow(message);
  });

  test.each([
    ["OPEN_RETURN_PATH", "OPEN_RETURN_PATH a second time: ignored"],
    ["POSTCOPY_RESUME", "POSTCOPY_RESUME out of place: the state is active: ignored"],
  ] as const)("a %s out of place is a warning", async (name, message) => {
    const warnings: string[] = [];
    const writer = new StreamWriter();
    writer.header().u8(ItemType.configuration).u32(4).bytes(Buffer.from("none"));
    writer.command({ name: "OPEN_RETURN_PATH" }).command({ name }).eof();
    const channel = Duplex.from({
      readable: Readable.from([writer.take()]),
      writable: new Writable({ write: (_chunk, _encoding, done) => done() }),
    });
    const loaded = await new MigrationDestination({
      machine: new UnknownMachine(),
      vmDescription: false,
      onWarning: (warning) => warnings.push(warning),
    }).load(channel);
    expect(loaded).toMatchObject({ items: 4, returnPath: true });
    expect(warnings).toEqual([message]);
  });

  /** Loads a postcopy of a guest with one block of memory: its list, and what else is written. */
  async function loadPostcopy(usedLength: number, more: (writer: StreamWriter) => void) {
    const writer = new StreamWriter();
    const sizes = { pageSizeSummary: 4096, targetPageSize: 4096 };
    writer.header().u8(ItemType.configuration).u32(4).bytes(Buffer.from("none"));
    writer.command({ name: "OPEN_RETURN_PATH" }).command({ name: "POSTCOPY_ADVISE", ...sizes });
    const ram = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 };
    writer.sectionHead({ type: "section-start", ...ram });
    writer
      .ramBlockList([{ name: "pc.ram", usedLength }])
      .u64(0x10)
      .footer(1);
    more(writer);
    const channel = Duplex.from({
      readable: Readable.from([writer.take()]),
      writable: new Writable({ write: (_chunk, _encoding, done) => done() }),
    });
    await new MigrationDestination({ machine: new UnknownMachine() }).load(channel);
  }

  test("more memory than it could keep account of", async () => {
    await expect(loadPostcopy(2 ** 50, () => {})).rejects.toThrow(
      "memory of 1125899906842624 bytes, more than this destination takes",
    );
  });

  test.each([
    ["pc.ram", 8192, 'discard beyond RAM block "pc.ram"'],
    ["vga", 0, 'discard in unknown RAM block "vga"'],
  ])("a discard in %s from %d on", async (block, start, reason) => {
    const ranges = [{ start, length: 4096 }];
    const discard = { name: "POSTCOPY_RAM_DISCARD", block, ranges } as const;
    await expect(loadPostcopy(8192, (writer) => writer.command(discard))).rejects.toThrow(reason);
  });

  test("a postcopy that ends before all pages have come", async () => {
    const rest = (writer: StreamWriter) => {
      const packed = new StreamWriter();
      packed.command({ name: "POSTCOPY_LISTEN" }).command({ name: "POSTCOPY_RUN" });
      writer.command({ name: "PACKAGED", length: packed.length }).bytes(packed.take()).eof();
    };
    await expect(loadPostcopy(8192, rest)).rejects.toThrow("2 pages never came");
  });

  test.each([
    ["a subsection", { subsections: ["configuration/colour"] }, "configuration/colour: not known"],
    ["a capability", { capabilities: ["mapped-ram", "x-colo"] }, "x-colo: not known"],
  ])("%s of the configuration that is not known", (_, more, reason) => {
    const configuration: Configuration = {
      machine: "none",
      subsections: [],
      capabilities: [],
      ...more,
    };
    const accept = () => acceptConfiguration(configuration, "none");
    expect(accept).toThrow(reason);
  });

  test("a run state that is none", () => {
    const { vmState, state } = new GlobalState("running").device();
    state.runstate = Buffer.from("dancing\0".padEnd(32, "\0"));
    expect(() => vmState.postLoad?.(state, 1)).toThrow('unknown run state "dancing"');
  });

  test("a stream without configuration", async () => {
    const machine = new Machine({ type: "none", ram: new GuestRam([]), devices: [] });
    const stream = concat(start.subarray(0, 8), bytesOf("00"));
    await expect(new MigrationDestination({ machine }).load([stream])).rejects.toThrow(
      "no configuration",
    );
  });
});

describe("the caller", () => {
  test("cancels the source: it throws the signal's reason, and the guest runs on", async () => {
    const [near, far] = await connection();
    far.resume();
    const machine = demoSourceMachine(GUEST);
    const source = new MigrationSource({
      machine,
      maxBandwidth: 4096,
      signal: AbortSignal.timeout(30),
    });
    await expect(source.migrate(near)).rejects.toThrow("aborted due to timeout");
    expect([source.status, machine.runState, near.destroyed]).toEqual([
      "cancelled",
      "running",
      true,
    ]);
    far.destroy();
  });

  test("cancels before it begins", async () => {
    const [near, far] = await connection();
    const signal = AbortSignal.abort(new Error("not today"));
    const machine = demoDestinationMachine(GUEST);
    await expect(new MigrationDestination({ machine, signal }).load(far)).rejects.toThrow(
      "not today",
    );
    const source = new MigrationSource({ machine: demoSourceMachine(GUEST), signal });
    await expect(source.migrate(near)).rejects.toThrow("not today");
    expect([near.destroyed, far.destroyed]).toEqual([true, true]);
  });

  test("aborts a destination that waits", async () => {
    const [near, far] = await connection();
    const signal = AbortSignal.timeout(30);
    const machine = demoDestinationMachine(GUEST);
    await expect(new MigrationDestination({ machine, signal }).load(far)).rejects.toThrow(
      "timeout",
    );
    near.destroy();
  });

  test("aborts a source whose channel takes nothing and answers nothing", async () => {
    const stuck = new Duplex({ read() {}, write() {} });
    const signal = AbortSignal.timeout(30);
    const machine = demoSourceMachine(GUEST);
    await expect(new MigrationSource({ machine, signal }).migrate(stuck)).rejects.toThrow(
      "timeout",
    );
    expect(stuck.destroyed).toBe(true);
  });

  test("cancels while a channel of multifd is opened: what comes too late is closed", async () => {
    const late = new PassThrough();
    let open: (channel: PassThrough) => void = () => {};
    const multifd = {
      channels: 2,
      connect: () => new Promise<PassThrough>((resolve) => (open = resolve)),
    };
    const source = new MigrationSource({ machine: demoSourceMachine(GUEST), multifd });
    const migrated = source.migrate(new Writable());
    source.cancel();
    await expect(migrated).rejects.toThrow("cancelled");
    open(late);
    await vi.waitUntil(() => late.destroyed);
  });

  test("wants a return path from a file", async () => {
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    const source = new MigrationSource({ machine: demoSourceMachine(GUEST), returnPath: true });
    await expect(source.migrate(sink)).rejects.toThrow("a return path needs a channel");
  });
});

test("a disk that is full: one Error that tells", async () => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(new Error("ENOSPC: no space left on device")),
  });
  const source = new MigrationSource({ machine: demoSourceMachine(GUEST) });
  await expect(source.migrate(full)).rejects.toThrow("ENOSPC: no space left on device");
  expect(source.status).toBe("failed");
});

describe("switchover-start handlers at the destination", () => {
  const guest = (handlers: Readonly<Record<string, () => void | Promise<void>>>) =>
    new Machine({
      type: "none",
      ram: new GuestRam([new RamBlock("ram", 4096)]),
      devices: Object.entries(handlers).map(([idstr, switchoverStart]) => ({
        idstr,
        instanceId: 0,
        vmState: { name: idstr, version: 1, fields: [] },
        state: {},
        switchoverStart,
      })),
    });

  test("run in order, all of them", async () => {
    const ran: string[] = [];
    const note = (name: string) => async () => {
      await delay(1);
      ran.push(name);
    };
    const machine = guest({ a: note("a"), b: note("b"), c: note("c") });
    await migrate({ machine: guest({ a() {}, b() {}, c() {} }) }, { machine });
    expect(ran).toEqual(["a", "b", "c"]);
  });

  test("the first that fails ends it, and fails the load and the source", async () => {
    const ran: string[] = [];
    const machine = guest({
      a: () => void ran.push("a"),
      b: () => Promise.reject(new Error("no channel for b")),
      c: () => void ran.push("c"),
    });
    const run = await migrate({ machine: guest({ a() {}, b() {}, c() {} }) }, { machine });
    expect(reasons(run)).toEqual([
      "the destination failed and sent SHUT 1",
      'switchover-start of "b" failed: no channel for b',
    ]);
    expect(ran).toEqual(["a"]);
  });

  test("do not run if SWITCHOVER_START is not sent", async () => {
    const machine = guest({ a: () => Promise.reject(new Error("should not run")) });
    const run = await migrate(
      { machine: guest({ a() {} }), sendSwitchoverStart: false },
      { machine },
    );
    expect(reasons(run)).toEqual([undefined, undefined]);
  });
});

test("a device whose preSave fails: the source fails, and its guest runs on", async () => {
  const broken = {
    idstr: "broken",
    instanceId: 0,
    vmState: {
      name: "broken",
      version: 1,
      fields: [],
      preSave: () => {
        throw new Error("no state to save");
      },
    },
    state: {},
  };
  const ram = () => new GuestRam([new RamBlock("ram", 4096)]);
  const machine = new Machine({ type: "none", ram: ram(), devices: [broken] });
  machine.setRunState("running");
  const destination = new Machine({ type: "none", ram: ram(), devices: [broken] });
  const [source] = reasons(await migrate({ machine }, { machine: destination }));
  expect(source).toBe("no state to save");
  expect(machine.runState).toBe("running");
});

test("bytes for the destination may come in any pieces", async () => {
  const writer = new ByteWriter("big");
  writer.bytes(bytesOf("5145564d 00000003", "07 00000004", { text: "none" }, "00"));
  const machine = new Machine({ type: "none", ram: new GuestRam([]), devices: [] });
  const bytes = [...writer.take()].map((byte) => Uint8Array.of(byte));
  const load = new MigrationDestination({ machine, vmDescription: false }).load(bytes);
  await expect(load).resolves.toMatchObject({ items: 2 });
});
