/** One process of the bench `engine`: `measure.js ROLE …`, told apart by what it is to do. */

import { createConnection, createServer, type Socket } from "node:net";
import { RecordingWriter } from "../../src/cli/engine/recording-writer.js";
import { Tap } from "../../src/cli/engine/tap.js";
import { GuestRam, RamBlock } from "../../src/migration/engine/guest-ram.js";
import { Machine } from "../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../src/migration/engine/migration-source.js";
import { RamRecordWriter } from "../../src/migration/wire/ram-record-writer.js";
import { StreamWriter } from "../../src/migration/wire/stream-writer.js";

const MIB = 1024 * 1024;
const PAGE = 4096;

const [role = "", ...args] = process.argv.slice(2);
const roles: Readonly<Record<string, () => void | Promise<void>>> = {
  sink,
  pipe,
  tap,
  feed,
  destination,
  source,
};
await roles[role]!();

function tell(message: object): void {
  process.send!(message);
}

/** Takes one connection; tells the port, and then how long its bytes took. */
function sink(): void {
  take((socket) => {
    let bytes = 0;
    let begin = 0;
    socket.on("data", (chunk) => {
      if (bytes === 0) begin = performance.now();
      bytes += chunk.length;
    });
    socket.on("end", () => {
      tell({ bytes, seconds: (performance.now() - begin) / 1000 });
      socket.end();
    });
  });
}

function pipe(): void {
  take((socket) => {
    const onwards = createConnection({
      port: Number(args[0]),
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    socket.pipe(onwards);
    onwards.pipe(socket);
  });
}

async function tap(): Promise<void> {
  const recording = new RecordingWriter(args[1]!, {}, { force: true });
  const between = new Tap({
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    to: { kind: "tcp", host: "127.0.0.1", port: Number(args[0]) },
    recording,
    connectTimeout: 5000,
  });
  const where = await between.listen();
  tell({ port: where.kind === "tcp" ? where.port : 0 });
  await between.run();
  await recording.close({});
}

/** Sends a stream of ordinary pages of so many MiB. */
async function feed(): Promise<void> {
  const pages = Number(args[1]) * (MIB / PAGE);
  const writer = new StreamWriter(MIB);
  const ram = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 };
  writer.header().u8(7).u32(4).bytes(Buffer.from("none"));
  writer.sectionHead({ ...ram, type: "section-start" });
  writer
    .ramBlockList([{ name: "pc.ram", usedLength: pages * PAGE }])
    .u64(0x10)
    .footer(1);
  writer.sectionHead({ ...ram, type: "section-part" });
  const records = new RamRecordWriter(writer);
  const page = Uint8Array.from({ length: PAGE }, (_, at) => at % 251);
  const socket = connect();
  for (let number = 0; number < pages; number += 1) {
    records.page("pc.ram", number * PAGE, page);
    if (writer.length > 128 * 1024) await send(socket, writer.take());
  }
  writer.u64(0x10).footer(1).eof();
  await send(socket, writer.take());
  socket.end();
  socket.resume();
}

function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (socket.write(bytes)) resolve();
    else socket.once("drain", () => resolve());
  });
}

function destination(): void {
  take((socket) => {
    const begin = performance.now();
    const machine = guest(Number(args[0]), "inmigrate");
    void new MigrationDestination({ machine }).load(socket).then(({ bytes }) => {
      tell({ bytes, seconds: (performance.now() - begin) / 1000 });
    });
  });
}

async function source(): Promise<void> {
  const machine = guest(Number(args[1]), "prelaunch");
  for (const block of machine.ram.blocks) block.bytes.fill(7);
  await new MigrationSource({ machine, maxBandwidth: 0 }).migrate(connect());
}

function guest(mebibytes: number, runState: "inmigrate" | "prelaunch"): Machine {
  const ram = new GuestRam([new RamBlock("ram", mebibytes * MIB)]);
  return new Machine({ type: "none", ram, devices: [], runState });
}

function connect(): Socket {
  return createConnection({ port: Number(args[0]), host: "127.0.0.1", allowHalfOpen: true });
}

function take(serve: (socket: Socket) => void): void {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    server.close();
    serve(socket);
  });
  server.listen(0, "127.0.0.1", () => tell({ port: (server.address() as { port: number }).port }));
}
