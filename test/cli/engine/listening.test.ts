/** Who may connect to receive and tap, and what a stranger who does can do. */

import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { ownStream } from "./own-stream.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-listening-"));
afterAll(() => rmSync(work, { recursive: true }));

const GUEST = { memory: 2 << 20, dirtyRate: 1 << 20 };
/** What strangers say: a browser, an SSH client, somebody with few words, noise. */
const GARBAGE = ["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "\0\0\0\0hello", "\xff".repeat(5000)];
let folders = 0;

function folder(): string {
  folders += 1;
  return join(work, String(folders));
}

/** Starts a command that listens; gives what it says of the address, in its first lines. */
async function listen(endpoint: string, command: "receive" | "tap", to = "unix:/nobody") {
  const output = folder();
  const args = [command, "--listen", endpoint, "--output", output];
  const cli = startCli(command === "tap" ? [...args, "--to", to] : args);
  const rest = await cli.said(command === "tap" ? "listening at " : "migration at ");
  const address = rest.split(" ")[0]!;
  const end = () => {
    cli.interrupt();
    return cli.result;
  };
  return { cli, address, output, end };
}

function connectTo(address: string): Socket {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  return socket.on("error", () => {});
}

/** Connects, says something, and waits until it was closed. */
async function intrude(address: string, garbage: string): Promise<void> {
  const socket = connectTo(address);
  socket.resume().on("end", () => socket.destroy());
  socket.write(Buffer.from(garbage, "latin1"));
  await once(socket, "close");
}

/** Bytes of buffers that are still in use. */
async function heldBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // A socket is released some turns after it was closed.
  for (let turns = 0; turns < 5; turns += 1) {
    await new Promise((go) => setTimeout(go, 10));
    collect();
  }
  return process.memoryUsage().arrayBuffers;
}

describe.each(["receive", "tap"] as const)("%s", (command) => {
  test.each([
    [":0", /^127\.0\.0\.1:\d+$/],
    ["[]:0", /^127\.0\.0\.1:\d+$/],
    ["127.0.0.2:0", /^127\.0\.0\.2:\d+$/],
  ])("--listen %s listens on loopback and warns of nothing", async (endpoint, bound) => {
    const { address, end } = await listen(endpoint, command);
    expect(address).toMatch(bound);
    expect((await end()).err).not.toContain("warning");
  });

  test.each(["0.0.0.0:0", "[::]:0"])(
    "--listen %s warns that others can connect",
    async (endpoint) => {
      const { address, end } = await listen(endpoint, command);
      const { err } = await end();
      expect(err).toContain(`warning: other machines may be able to connect to ${address}, `);
    },
  );

  test("a Unix socket is for its owner only, whatever the umask, and gone in the end", async () => {
    const path = join(work, `${command}.sock`);
    const umask = process.umask(0);
    try {
      const { end } = await listen(`unix:${path}`, command);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(process.umask()).toBe(0);
      await end();
      expect(existsSync(path)).toBe(false);
    } finally {
      process.umask(umask);
    }
  });

  test("a socket that nobody listens at any more is replaced", async () => {
    const path = join(work, `${command}-stale.sock`);
    // A process that is killed leaves its socket; here, the server does not know the file's other name.
    const server = createServer().listen(`${path}.old`);
    await once(server, "listening");
    renameSync(`${path}.old`, path);
    await new Promise((resolve) => server.close(resolve));
    expect(existsSync(path)).toBe(true);
    const { end } = await listen(`unix:${path}`, command);
    expect((await end()).err).toContain("interrupted");
  });
});

describe("strangers at receive", () => {
  test("who come first are dropped, and the migration is received", async () => {
    const { cli, address, output } = await listen(":0", "receive");
    for (const garbage of GARBAGE) await intrude(address, garbage);
    const silent = connectTo(address);
    const machine = demoSourceMachine(GUEST);
    await new MigrationSource({ machine }).migrate(connectTo(address));
    const { code, err } = await cli.result;
    silent.destroy();
    expect(code).toBe(0);
    expect(err.match(/dropped a connection that is not a channel/g)).toHaveLength(GARBAGE.length);
    const image = readFileSync(join(output, "ram", "pc.ram.img"));
    expect(image.equals(machine.ram.blocks[0]!.bytes)).toBe(true);
  });

  test("who come in the middle are dropped, and nothing of theirs is recorded", async () => {
    const { stream } = await ownStream(GUEST);
    const { cli, address, output } = await listen(":0", "receive");
    const source = connectTo(address).resume();
    source.write(stream.subarray(0, stream.length / 2));
    await once(source, "ready").catch(() => {});
    while (!existsSync(join(output, "channel0.bin"))) await new Promise((go) => setTimeout(go, 5));
    for (const garbage of [...GARBAGE, "QEVM\0\0\0\u0003"]) await intrude(address, garbage);
    source.end(stream.subarray(stream.length / 2));
    const { code, err } = await cli.result;
    expect([code, err]).toEqual([0, expect.stringContaining("loaded ")]);
    expect(readdirSync(output).filter((name) => /^channel[1-9]/.test(name))).toEqual([]);
    expect(readFileSync(join(output, "channel0.bin")).equals(stream)).toBe(true);
  });

  test("in great number neither fill stderr nor stay in memory", async () => {
    const { address, end } = await listen(":0", "receive");
    const before = await heldBytes();
    const junk = "x".repeat(1 << 16);
    for (let count = 0; count < 300; count += 1) await intrude(address, junk);
    expect((await heldBytes()) - before).toBeLessThan(50 * junk.length);
    const { err } = await end();
    expect(err.match(/dropped a connection that is not a channel/g)).toHaveLength(10);
    expect(err).toContain("qtrace: 300 connections were dropped; the first 10 are above\n");
  });

  test("who open and close channels of multifd: 256 are recorded, and the reason is named", async () => {
    const { stream } = await ownStream(GUEST);
    const { cli, address, output } = await listen(":0", "receive");
    const source = connectTo(address).resume();
    source.write(stream.subarray(0, stream.length / 2));
    while (!existsSync(join(output, "channel0.bin"))) await new Promise((go) => setTimeout(go, 5));
    // Magic, version, uuid, number, and what is reserved (QEMU migration/multifd.h: MultiFDInit_t).
    const hello = "\x11\x22\x33\x44\0\0\0\x01".padEnd(64, "\0");
    for (let count = 0; count < 300; count += 1) {
      const socket = connectTo(address).resume();
      socket.end(Buffer.from(hello, "latin1"));
      await once(socket, "close");
    }
    source.end(stream.subarray(stream.length / 2));
    const { code, err } = await cli.result;
    const channels = readdirSync(output).filter((name) => /^channel[1-9]\d*\.bin$/.test(name));
    expect(channels).toHaveLength(256);
    expect(err.match(/dropped a connection: the migration has had 256 additional/g)).toHaveLength(
      10,
    );
    expect(err).toContain("44 connections were dropped");
    expect(err).toMatch(/qtrace: a multifd channel ended after 0 of the \d+ sync points/);
    expect(code).toBe(1);
  });

  test("are not more than the channels that a migration can have", async () => {
    const { address, end } = await listen(":0", "receive");
    // 255 of multifd, one for requested pages, and the main one (QEMU qapi/migration.json: a uint8).
    const sockets = Array.from({ length: 257 }, () => connectTo(address));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    const late = connectTo(address).resume();
    await Promise.race([once(late, "end"), once(late, "close")]);
    late.destroy();
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
    for (const socket of sockets) socket.destroy();
    await end();
  });
});

test("strangers at a tap do not reach the destination, and do not end the tap", async () => {
  const machine = demoDestinationMachine(GUEST);
  const loads: Promise<unknown>[] = [];
  const path = join(work, "destination.sock");
  const destination = createServer({ allowHalfOpen: true }, (socket) => {
    loads.push(new MigrationDestination({ machine }).load(socket));
  }).listen(path);
  await once(destination, "listening");
  const { cli, address } = await listen(":0", "tap", `unix:${path}`);
  for (const garbage of GARBAGE) await intrude(address, garbage);
  connectTo(address).end().resume();
  expect(loads).toHaveLength(0);
  const source = demoSourceMachine(GUEST);
  await new MigrationSource({ machine: source }).migrate(connectTo(address));
  const { code, err } = await cli.result;
  await Promise.all(loads);
  destination.close();
  expect(loads).toHaveLength(1);
  expect(err.match(/dropped a connection/g)).toHaveLength(GARBAGE.length);
  expect(code).toBe(0);
  expect(machine.runState).toBe("running");
});

describe("--max-memory", async () => {
  const { stream, memory } = await ownStream(GUEST);

  test("is refused before any image, and what came is kept", async () => {
    const output = folder();
    const args = ["receive", "--listen", "-", "--output", output, "--max-memory", "1M"];
    const { code, err } = await runCli(args, stream);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/memory of \d+ bytes, more than .* 1048576$/m),
    ]);
    expect(existsSync(join(output, "ram"))).toBe(false);
    expect(readFileSync(join(output, "channel0.bin"))[0]).toBe("Q".charCodeAt(0));
  });

  test("that is large enough changes nothing", async () => {
    const args = ["receive", "--listen", "-", "--output", folder(), "--max-memory", "1G"];
    const { code } = await runCli(args, stream);
    expect(code).toBe(0);
    expect(memory.length).toBe(GUEST.memory);
  });

  test.each(["0", "much", "-1", "4X"])("%s is wrong usage", async (size) => {
    const args = ["receive", "--listen", "-", "--output", folder(), `--max-memory=${size}`];
    expect(await runCli(args)).toMatchObject({ code: 2, err: expect.stringContaining("size") });
  });

  test("pages without end: the recording stops growing at 64 times the memory and 256 MiB", async () => {
    const LIMIT = 64 * 65536 + 256 * 1024 * 1024;
    const name = Buffer.from("m");
    const RAM = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 } as const;
    const head = new StreamWriter().header().u8(7).u32(4).bytes(Buffer.from("none"));
    head.sectionHead({ ...RAM, type: "section-start" });
    head
      .ramBlockList([{ name: "m", usedLength: 65536 }])
      .u64(0x10)
      .footer(1);
    head.sectionHead({ ...RAM, type: "section-part" });
    head.u64(0x08).u8(1).bytes(name).bytes(new Uint8Array(4096).fill(1));
    const pages = Buffer.alloc(256 * 4104, 1);
    for (let at = 0; at < pages.length; at += 4104) pages.writeBigUInt64BE(0x28n, at);
    let given = 0;
    const endless = async function* () {
      yield head.take();
      for (; given < 2 * LIMIT; given += pages.length) yield pages;
    };
    const output = folder();
    const args = ["receive", "--listen", "-", "--output", output, "--no-images"];
    const { code, err } = await startCli(args, endless()).result;
    expect([code, err]).toEqual([1, expect.stringContaining("--max-memory raises the limit")]);
    expect(statSync(join(output, "channel0.bin")).size).toBeLessThanOrEqual(LIMIT);
    expect(JSON.parse(readFileSync(join(output, "recording.json"), "utf8")).complete).toBe(false);
  });
});
