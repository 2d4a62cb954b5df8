/**
 * Streams that the machine's own QEMU makes here, and what it says itself of its memory. The guest
 * has run for a moment, so that the firmware has written something, and is stopped.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StreamChecker } from "../../../src/migration/wire/check-stream.js";
import { writeLibvirtSaveHeader } from "../../../src/migration/wire/libvirt-save-header.js";
import { MultifdJoin } from "../../../src/migration/wire/multifd-join.js";
import { MULTIFD_MAGIC } from "../../../src/migration/wire/multifd-packet.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { readStream } from "../../../src/migration/wire/read-stream.js";
import { isSection, type StreamItem } from "../../../src/migration/wire/stream-item.js";
import { detectWrapping } from "../../../src/migration/wire/stream-wrapping.js";
import { runCli } from "../../support/cli.js";
import { describeWith } from "../../support/programs.js";
import { type Qemu, withQemu } from "../../support/qemu.js";
import { differentPages, Memory } from "./memory.js";

const SIZE = 32 * 1024 * 1024;
const SMALL = ["-machine", "q35", "-m", "16"];
const DISK = [
  ...["-drive", `driver=null-co,node-name=disk,size=${1 << 24},if=none,id=device`],
  ...["-device", "virtio-blk-pci,drive=device"],
];
const MACHINE = ["-machine", "q35", "-m", "32", "-device", "virtio-rng-pci"];

describeWith(["qemu"], "memory rebuilt from a stream is what QEMU's pmemsave says", ({ qemu }) => {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-qemu-"));
  const file = (name: string) => join(folder, name);
  /** Each channel that a migration to a socket opened. */
  const channels = new Map<string, Uint8Array[]>();

  beforeAll(async () => {
    await withQemu(qemu, [...MACHINE, ...disk(file)], async (machine) => {
      const saveMemory = (name: string) =>
        machine.execute("pmemsave", { val: 0, size: SIZE, filename: file(`${name}.pmemsave`) });
      await runForAMoment(machine);
      await saveMemory("snapshot");
      await machine.monitor("savevm first");
      await saveMemory("plain");
      await machine.migrate(`file:${file("plain")}`);
      // A machine that was migrated must have run before it can be again.
      await runForAMoment(machine);
      await saveMemory("mapped");
      await setCapabilities(machine, { "mapped-ram": true });
      await machine.migrate(`file:${file("mapped")}`);
      await setCapabilities(machine, { "mapped-ram": false, multifd: true });
      for (const compression of ["none", "zlib", "zstd"]) {
        await runForAMoment(machine);
        await saveMemory(compression);
        await machine.execute("migrate-set-parameters", { "multifd-compression": compression });
        channels.set(compression, await migrateToSocket(machine, file("socket")));
      }
    });
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  function expectMemory(memory: Memory, name: string): void {
    const ram = memory.blocks.get("pc.ram")!;
    const truth = new Uint8Array(readFileSync(file(`${name}.pmemsave`)));
    // Below 1 MiB, firmware and video memory lie over the RAM.
    const hidden = (page: number) => page >= 0xa0 && page < 0x100;
    expect(differentPages(ram, truth).filter((page) => !hidden(page))).toEqual([]);
    expect(ram.some((byte) => byte !== 0)).toBe(true);
  }

  test.each(["plain", "mapped"])("%s", async (name) => {
    const memory = new Memory();
    const bytes = new Uint8Array(readFileSync(file(name)));
    const items = await itemsOf(bytes, { ram: memory.sink });
    expect(items.at(-1)?.type).toBe("vm-description");
    expectMemory(memory, name);
  });

  test.each(["none", "zlib", "zstd"])("multifd channels, compression %s", async (compression) => {
    const [main, ...rest] = channels.get(compression)!;
    expect(rest.length).toBe(2);
    const memory = new Memory();
    const ram = new MultifdJoin(rest.map(pullOnce), memory.sink);
    const items = await itemsOf(main!, { ram });
    expect(items.at(-1)?.type).toBe("vm-description");
    expect([ram.finish(), ram.missing]).toEqual([0, 0]);
    expectMemory(memory, compression);
  });

  test("an internal snapshot in a qcow2 file is the same machine", async () => {
    const images = file("images");
    const { code, err } = await runCli(["stream", "ram", file("disk.qcow2"), "--output", images]);
    expect([code, err]).toEqual([0, ""]);
    const memory = new Memory();
    memory.blocks.set("pc.ram", new Uint8Array(readFileSync(join(images, "pc.ram.img"))));
    expectMemory(memory, "snapshot");
    const state = async (of: string) => (await runCli(["stream", "state", of, "--json"])).out;
    const [snapshot, plain] = [await state(file("disk.qcow2")), await state(file("plain"))];
    expect(idstrs(snapshot)).toEqual(idstrs(plain));
    const missing = await runCli(["stream", "items", file("disk.qcow2"), "--snapshot", "second"]);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("there are: first") });
  });

  test.each(["raw", "gzip"] as const)("under libvirt's header, %s", async (compression) => {
    const stream = readFileSync(file("plain"));
    const domain = { version: 2, wasRunning: false, complete: true, xml: "<domain/>" };
    const header = writeLibvirtSaveHeader({ ...domain, compression });
    const saved = file(`saved-${compression}`);
    writeFileSync(
      saved,
      Buffer.concat([header, compression === "raw" ? stream : gzipSync(stream)]),
    );
    const state = async (of: string) =>
      (await runCli(["stream", "state", of, "--format", "qemu"])).out;
    expect(await state(saved)).toBe(await state(file("plain")));
  });
});

describeWith(["qemu"], "a dirty bitmap", ({ qemu }) => {
  test("tells its own end, its bits within", async () => {
    const items = await migrated(qemu, [...SMALL, ...DISK], async (machine, stream) => {
      const bitmap = { node: "disk", name: "changed", granularity: 65536 };
      await machine.execute("block-dirty-bitmap-add", bitmap);
      // What this writes of itself, the other end of QMP passes over.
      await machine.monitor('qemu-io device "write 64k 192k"');
      await setCapabilities(machine, { "dirty-bitmaps": true });
      await machine.migrate(`file:${stream}`);
    });
    const bitmaps = items.filter(isSection).filter(({ idstr }) => idstr === "dirty-bitmap");
    expect(bitmaps.map(({ end }) => end)).toEqual(bitmaps.map(() => "self"));
    expect(bitmaps.length).toBeGreaterThanOrEqual(2);
    const data = bitmaps.map((section) => Buffer.from(section.data!).toString("hex")).join(" ");
    // A bit for each of 256 stretches; 64 KiB to 256 KiB are those from 1 to 3.
    expect(data).toMatch(/00000000000000200e(?:00){31}/);
  });
});

describeWith(["qemu"], "streams of other forms", ({ qemu }) => {
  const file = (args: string[]) =>
    migrated(qemu, args, (machine, stream) => machine.migrate(`file:${stream}`));
  const ends = (items: readonly StreamItem[]) =>
    new Set(items.filter(isSection).map(({ type, end }) => `${type} ${end}`));

  test("without footers, sections end as they are described", async () => {
    const items = await file([...SMALL, "-global", "migration.send-section-footer=off"]);
    expect(new Set(items.filter(isSection).map(({ footer }) => footer))).toEqual(new Set([false]));
    expect(ends(items)).toContain("section-full described");
    expect(items.at(-1)?.type).toBe("vm-description");
  });

  test("without a description, footers end the same sections", async () => {
    const items = await file(["-machine", "q35,suppress-vmdesc=on", ...SMALL.slice(2)]);
    const described = await file(SMALL);
    expect(ends(items)).toContain("section-full footer");
    expect(items.at(-1)?.type).toBe("eof");
    const sizes = (all: readonly StreamItem[]) =>
      all
        .filter(isSection)
        .flatMap(({ type, idstr, dataSize }) =>
          type === "section-full" ? [[idstr, dataSize]] : [],
        );
    expect(sizes(items)).toEqual(sizes(described));
  });

  test("a background snapshot is in order", async () => {
    const items = await migrated(qemu, SMALL, async (machine, stream) => {
      await machine.execute("cont");
      await setCapabilities(machine, { "background-snapshot": true });
      await machine.migrate(`file:${stream}`);
    });
    const checker = new StreamChecker();
    for (const item of items) checker.add(item);
    expect(checker.finish()).toEqual([]);
    expect(items.map(({ type }) => type)).not.toContain("section-end");
  });
});

describeWith(["qemu"], "an edited stream is one that QEMU loads", ({ qemu }) => {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-qemu-"));
  const file = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("of another machine type, without SWITCHOVER_START and a subsection", async () => {
    const ten = ["-machine", "pc-q35-10.0", "-m", "16"];
    await withQemu(qemu, ten, async (machine) => machine.migrate(`file:${file("new")}`));
    const edit = ["stream", "edit", file("new"), "--output", file("old")];
    const changes = ["--machine", "pc-q35-9.2", "--send-switchover-start", "off"];
    const drop = ["--drop-subsection", "fw_cfg:fw_cfg/acpi_mr"];
    expect(await runCli([...edit, ...changes, ...drop])).toEqual({ code: 0, out: "", err: "" });
    expect(await runCli(["stream", "check", file("old")])).toMatchObject({ code: 0 });
    // The one that was not edited is refused there.
    expect(await load(["-machine", "pc-q35-9.2", "-m", "16"], file("new"))).toContain("pc-q35-9.2");
    expect(await load(["-machine", "pc-q35-9.2", "-m", "16"], file("old"))).toBe("completed");
  });

  /** What becomes of a machine that is to load a stream: `completed`, or QEMU's last words. */
  async function load(args: readonly string[], stream: string): Promise<string> {
    try {
      return await withQemu(qemu, [...args, "-incoming", `file:${stream}`], async (machine) => {
        for (;;) {
          const { status } = (await machine.execute("query-migrate")) as { status?: string };
          if (status === "completed" || status === "failed") return status;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });
    } catch (error) {
      return String(error);
    }
  }
});

/** The items, with their data, of what a machine migrates to a file. */
async function migrated(
  qemu: string,
  args: readonly string[],
  migrate: (machine: Qemu, stream: string) => Promise<void>,
): Promise<StreamItem[]> {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-qemu-"));
  try {
    const stream = join(folder, "stream");
    await withQemu(qemu, args, (machine) => migrate(machine, stream));
    return await itemsOf(new Uint8Array(readFileSync(stream)), { keepData: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function itemsOf(bytes: Uint8Array, options = {}): Promise<StreamItem[]> {
  expect(detectWrapping(bytes)).toBe("stream");
  const items: StreamItem[] = [];
  for await (const item of readStream(bytesAsRandomAccess(bytes), options)) items.push(item);
  return items;
}

/** A disk, for a snapshot to be saved in. */
function disk(file: (name: string) => string): string[] {
  const image = qcow2Image();
  writeFileSync(file("disk.qcow2"), image);
  return ["-drive", `file=${file("disk.qcow2")},format=qcow2,if=none,id=disk`];
}

/** An empty qcow2 file of version 2 with a disk of 1 MiB: header, refcounts, L1 table. */
function qcow2Image(): Buffer {
  const cluster = 65536;
  const image = Buffer.alloc(4 * cluster);
  image.write("QFI\xfb", 0, "latin1");
  image.writeUInt32BE(2, 4);
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(1n << 20n, 24);
  image.writeUInt32BE(1, 36);
  image.writeBigUInt64BE(BigInt(3 * cluster), 40);
  image.writeBigUInt64BE(BigInt(cluster), 48);
  image.writeUInt32BE(1, 56);
  image.writeBigUInt64BE(BigInt(2 * cluster), cluster);
  for (let used = 0; used < 4; used += 1) image.writeUInt16BE(1, 2 * cluster + 2 * used);
  return image;
}

async function runForAMoment(machine: Qemu): Promise<void> {
  await machine.execute("cont");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await machine.execute("stop");
}

async function setCapabilities(machine: Qemu, states: Record<string, boolean>): Promise<void> {
  const capabilities = Object.entries(states).map(([capability, state]) => ({ capability, state }));
  await machine.execute("migrate-set-capabilities", { capabilities });
}

/** What comes by each connection, the main channel first. */
async function migrateToSocket(machine: Qemu, path: string): Promise<Uint8Array[]> {
  const connections: Buffer[][] = [];
  const closed: Promise<unknown>[] = [];
  const server = createServer((socket: Socket) => {
    const chunks: Buffer[] = [];
    connections.push(chunks);
    socket.on("data", (chunk) => chunks.push(chunk));
    closed.push(new Promise((resolve) => socket.on("close", resolve)));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    await machine.migrate(`unix:${path}`);
    await Promise.all(closed);
  } finally {
    server.close();
  }
  const all = connections.map((chunks) => new Uint8Array(Buffer.concat(chunks)));
  const isChannel = (bytes: Uint8Array) =>
    new DataView(bytes.buffer).getUint32(0) === MULTIFD_MAGIC;
  return [...all.filter((bytes) => !isChannel(bytes)), ...all.filter(isChannel)];
}

function pullOnce(bytes: Uint8Array): () => Uint8Array | undefined {
  let left: Uint8Array | undefined = bytes;
  return () => {
    const now = left;
    left = undefined;
    return now;
  };
}

function idstrs(jsonLines: string): string[] {
  return jsonLines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).idstr);
}
