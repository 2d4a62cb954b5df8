import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { runCli } from "../../support/cli.js";
import { type RunningCli, startCli } from "../../support/interruptible-cli.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-tap-"));
afterAll(() => rmSync(work, { recursive: true }));

const GUEST = { memory: 4 << 20, dirtyRate: 1 << 20 };
let folders = 0;

/** A folder of its own for a recording. */
function folder(): string {
  folders += 1;
  return join(work, String(folders));
}

/** A server for the destination's side, at a path that is in use by nobody else. */
async function server(take: (socket: Socket) => void): Promise<{ path: string; server: Server }> {
  const path = join(work, `destination-${++folders}`);
  const listening = createServer({ allowHalfOpen: true }, take).listen(path);
  await once(listening, "listening");
  return { path, server: listening };
}

/** Starts a tap before a destination; gives the port where the source connects. */
async function startTap(to: string, output: string, ...more: string[]) {
  const tap = startCli([
    "tap",
    ...["--listen", "127.0.0.1:0", "--to", `unix:${to}`, "--output", output, ...more],
  ]);
  const port = Number.parseInt(await tap.said("listening at 127.0.0.1:"), 10);
  return { tap, port };
}

/** Two ends of our own with a tap between; how it ended, and what the destination got. */
async function migrateThroughTap(output: string, ...more: string[]) {
  const machine = demoDestinationMachine(GUEST);
  const loads: Promise<unknown>[] = [];
  const destination = await server((socket) => {
    loads.push(new MigrationDestination({ machine }).load(socket));
  });
  const { tap, port } = await startTap(destination.path, output, ...more);
  const source = demoSourceMachine(GUEST);
  const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const sent = await new MigrationSource({ machine: source }).migrate(socket);
  const result = await tap.result;
  await Promise.all(loads);
  destination.server.close();
  return { sent, result, source, machine };
}

describe("a migration through a tap", async () => {
  const output = folder();
  const { sent, result, source, machine } = await migrateThroughTap(output);

  test("arrives whole", () => {
    expect(machine.runState).toBe("running");
    const memory = machine.ram.blocks.map(({ bytes }) => Buffer.from(bytes));
    expect(memory.every((bytes, at) => bytes.equals(source.ram.blocks[at]!.bytes))).toBe(true);
  });

  test("is recorded: every byte of both ways, with rising times", () => {
    expect(readFileSync(join(output, "channel0.bin"))).toHaveLength(sent.bytes);
    expect(readFileSync(join(output, "channel0.return.bin"))).toHaveLength(16);
    const times = readFileSync(join(output, "channel0.times"), "utf8").trim().split("\n");
    const points = times.map((line) => line.split(" ").map(Number) as [number, number]);
    expect(points[0]![0]).toBe(0);
    expect(
      points.every(([offset, at], index) => {
        const before = points[index - 1];
        return !before || (offset > before[0] && at >= before[1]);
      }),
    ).toBe(true);
    expect(JSON.parse(readFileSync(join(output, "recording.json"), "utf8"))).toMatchObject({
      machine: "pc-q35-10.2",
      transport: "tcp",
      channels: 1,
      complete: true,
    });
  });

  test("is accounted for, SWITCHOVER_START included", () => {
    expect(result.code).toBe(0);
    expect(result.out).toContain("SWITCHOVER_START");
    expect(result.out).toContain(`qtrace analyze ${output}`);
  });

  test("is not written over unless that is said", async () => {
    const args = ["tap", "--listen", "127.0.0.1:0", "--to", "unix:/nowhere", "--output", output];
    const again = await runCli(args);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
  });
});

describe("several channels", async () => {
  const output = folder();
  const got: Buffer[] = [];
  const destination = await server((socket) => {
    const index = got.push(Buffer.alloc(0)) - 1;
    socket.on("data", (chunk: Buffer) => {
      got[index] = Buffer.concat([got[index]!, chunk]);
    });
    socket.on("end", () => socket.end());
  });
  const { tap, port } = await startTap(destination.path, output);
  const connect = async (bytes: Uint8Array) => {
    const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.resume();
    socket.end(bytes);
    await once(socket, "close");
  };
  const multifd = Buffer.concat([Buffer.from("1122334400000001", "hex"), Buffer.alloc(56)]);
  const big = Buffer.concat([Buffer.from("QEVM\0\0\0\u0003"), Buffer.alloc(3_000_000, 9)]);
  await connect(multifd);
  const silent = createConnection({ port, host: "127.0.0.1" }).resume();
  await connect(big);
  await once(silent, "close");
  const result = await tap.result;
  destination.server.close();

  test("the main channel is number 0, whenever it connects", () => {
    expect(readFileSync(join(output, "channel0.bin")).equals(big)).toBe(true);
    expect(readFileSync(join(output, "channel1.bin")).equals(multifd)).toBe(true);
  });

  test("one that says nothing, as postcopy's for urgent pages may, is there", () => {
    expect(readFileSync(join(output, "channel2.bin"))).toHaveLength(0);
  });

  test("all of it came through, what is no migration included", () => {
    const lengths = got.map((bytes) => bytes.length).sort((a, b) => a - b);
    expect(lengths).toEqual([0, multifd.length, big.length]);
    expect(result.code).toBe(1);
  });

  test("a way that nothing went leaves no file", () => {
    expect(readdirSync(output).filter((name) => name.includes("return"))).toEqual([]);
  });
});

describe("when it goes wrong", () => {
  /** A destination that reads and says nothing, until it is told no more. */
  const silent = () =>
    server((socket) => {
      socket.on("error", () => {}).on("end", () => socket.end());
      socket.resume();
    });

  /** One clear line, and the reason in it. */
  const expectLine = (err: string, reason: string) => {
    const lines = err.split("\n").filter((line) => line.includes(reason));
    expect(lines).toHaveLength(1);
    expect(err).not.toMatch(/^ +at /m);
  };

  async function begun(
    output: string,
    ...more: string[]
  ): Promise<{ tap: RunningCli; near: Socket; end: () => void }> {
    const destination = await silent();
    const { tap, port } = await startTap(destination.path, output, ...more);
    const near = createConnection({ port, host: "127.0.0.1" });
    near.on("error", () => {});
    near.write("QEVM\0\0\0\u0003");
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { tap, near, end: () => void destination.server.close() };
  }

  test("nobody waits at the destination", async () => {
    const { tap, port } = await startTap(join(work, "nobody"), folder());
    const near = createConnection({ port, host: "127.0.0.1" });
    near.write("QEVM\0\0\0\u0003");
    await once(near.resume(), "close");
    const { code, err } = await tap.result;
    expect(code).toBe(2);
    expectLine(err, "cannot connect to unix:");
  });

  test("Ctrl-C: what was recorded is there", async () => {
    const output = folder();
    const { tap, end } = await begun(output);
    tap.interrupt();
    const { code, err } = await tap.result;
    end();
    expect(code).toBe(2);
    expectLine(err, "interrupted");
    expect(readFileSync(join(output, "channel0.bin"))).toHaveLength(8);
  });

  test("nothing passes any more", async () => {
    const { tap, end } = await begun(folder(), "--stall-timeout", "0.2");
    const { code, err } = await tap.result;
    end();
    expect(code).toBe(2);
    expectLine(err, "nothing has passed for 200 ms");
  });

  test("the source vanishes", async () => {
    const output = folder();
    const { tap, near, end } = await begun(output);
    near.resetAndDestroy();
    const { code, err } = await tap.result;
    end();
    expect(code).toBe(1);
    expectLine(err, "channel 0 broke after 8 bytes from the source: the source closed the conn");
    expect(JSON.parse(readFileSync(join(output, "recording.json"), "utf8"))).toMatchObject({
      complete: false,
    });
  });

  test("the source closes in the middle, as QEMU does when it is cancelled", async () => {
    const output = folder();
    const { tap, near, end } = await begun(output);
    near.end();
    end();
    const { code, err } = await tap.result;
    expect(code).toBe(1);
    expectLine(err, "channel 0 was closed after 8 bytes from the source, in the middle of the");
    expect(JSON.parse(readFileSync(join(output, "recording.json"), "utf8"))).toMatchObject({
      complete: false,
    });
  });

  test("the channel is encrypted", async () => {
    const destination = await silent();
    const { tap, port } = await startTap(destination.path, folder());
    const near = createConnection({ port, host: "127.0.0.1" });
    near.end(Buffer.from("16030101900100018c0303", "hex"));
    await once(near.resume(), "close");
    const { code, err } = await tap.result;
    destination.server.close();
    expect(code).toBe(1);
    expectLine(err, "channel 0: the channel is encrypted (it begins with a TLS handshake");
  });

  test.each([
    ["SHUT 1", "0001000400000001", "the destination did not load the guest, as its SHUT 1 says"],
    ["no SHUT", "", "the destination closed the return path without SHUT"],
    ["SHUT 0", "0001000400000000", undefined],
  ])("a complete stream with a return path, and %s", async (_, answer, reason) => {
    const destination = await server((socket) => {
      socket.resume().on("end", () => socket.end(Buffer.from(answer, "hex")));
    });
    const { tap, port } = await startTap(destination.path, folder());
    const near = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
    const stream = new StreamWriter().header().u8(7).u32(4).bytes(Buffer.from("none"));
    near.end(stream.command({ name: "OPEN_RETURN_PATH" }).eof().take());
    await once(near.resume(), "close");
    const { code, err } = await tap.result;
    destination.server.close();
    expect(code).toBe(reason === undefined ? 0 : 1);
    if (reason === undefined) expect(err).not.toContain("failed");
    else expectLine(err, `the migration failed: ${reason}`);
  });

  test("a file that cannot be written does not stop the migration", async () => {
    const output = folder();
    const { machine, result } = await migrateUnrecorded(output);
    expect(machine.runState).toBe("running");
    expect(result.code).toBe(2);
    expectLine(result.err, "channel0.bin: is a folder: recorded up to there");
  });

  async function migrateUnrecorded(output: string) {
    const machine = demoDestinationMachine(GUEST);
    let load: Promise<unknown> | undefined;
    const destination = await server((socket) => {
      load = new MigrationDestination({ machine }).load(socket);
    });
    const { tap, port } = await startTap(destination.path, output);
    mkdirSync(join(output, "channel0.bin"));
    const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
    await new MigrationSource({ machine: demoSourceMachine(GUEST) }).migrate(socket);
    const result = await tap.result;
    await load;
    destination.server.close();
    return { machine, result };
  }

  test.each([
    ["an endpoint that is none", ["--listen", "here", "--to", "unix:/x"], "neither HOST:PORT nor"],
    ["a path without unix:", ["--listen", "/tmp/x", "--to", "unix:/x"], "unix:/tmp/x"],
    ["no time-out", ["--listen", "a:1", "--to", "a:2", "--stall-timeout", "soon"], "no number"],
    ["a port in use", [], "in use"],
  ])("%s", async (_, args, reason) => {
    const busy = await silent();
    const used = args.length > 0 ? args : ["--listen", `unix:${busy.path}`, "--to", "unix:/x"];
    const { code, err } = await runCli(["tap", "--output", folder(), ...used]);
    busy.server.close();
    expect([code, err]).toEqual([2, expect.stringContaining(reason)]);
  });
});

test("nothing keeps the process alive afterwards", async () => {
  await migrateThroughTap(folder());
  const left = () =>
    process.getActiveResourcesInfo().filter((name) => /TCP|PipeServerWrap|FSReq/.test(name));
  // What is closed goes away some turns later.
  await expect.poll(left).toEqual([]);
});
