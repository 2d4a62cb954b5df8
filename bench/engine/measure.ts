/** One process of the bench `engine`: `measure.js ROLE …`, told apart by what it is to do. */

import type { Socket } from "node:net";
import { connect } from "../../src/cli/engine/connect.js";
import { endpointName, parseEndpoint } from "../../src/cli/engine/endpoint.js";
import { Listener } from "../../src/cli/engine/listener.js";
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
const TIMEOUT = 5000;
/** Bytes that pass before the clock is started: by then all that is hot has been compiled. */
const WARM_UP = 64 * MIB;

const [role = "", given = "", ...args] = process.argv.slice(2);
/** Where to listen, or to connect to. Sockets in the file system are told apart by the process. */
const endpoint = parseEndpoint(given.replace("%d", String(process.pid)));
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

/** Takes one connection; tells where, and then how long its bytes took once it was warm. */
async function sink(): Promise<void> {
  await take((socket) => {
    let bytes = 0;
    let [from, begin] = [0, 0];
    socket.on("data", (chunk) => {
      bytes += chunk.length;
      if (begin === 0 && bytes >= WARM_UP) [from, begin] = [bytes, performance.now()];
    });
    socket.on("end", () => {
      tell({ bytes: bytes - from, seconds: (performance.now() - begin) / 1000 });
      socket.end();
    });
  });
}

async function pipe(): Promise<void> {
  await take(async (socket) => {
    const onwards = await connect(parseEndpoint(args[0]!), TIMEOUT);
    socket.pipe(onwards);
    onwards.pipe(socket);
  });
}

async function tap(): Promise<void> {
  const recording = await RecordingWriter.open(args[1]!, {}, { force: true });
  const to = parseEndpoint(args[0]!);
  const between = new Tap({ listen: endpoint, to, recording, connectTimeout: TIMEOUT });
  tell({ endpoint: endpointName((await between.listen()).endpoint) });
  await between.run();
  await recording.close({});
}

/** Sends a stream of ordinary pages of so many MiB. */
async function feed(): Promise<void> {
  const pages = Number(args[0]) * (MIB / PAGE);
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
  const socket = await connect(endpoint, TIMEOUT);
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

async function destination(): Promise<void> {
  const machine = guest(Number(args[0]), "inmigrate");
  await take(async (socket) => {
    let [from, begin] = [0, 0];
    const timer = setInterval(() => {
      if (begin === 0 && socket.bytesRead >= WARM_UP) {
        [from, begin] = [socket.bytesRead, performance.now()];
      }
    }, 1);
    const { bytes } = await new MigrationDestination({ machine }).load(socket);
    clearInterval(timer);
    tell({ bytes: bytes - from, seconds: (performance.now() - begin) / 1000 });
  });
}

async function source(): Promise<void> {
  const machine = guest(Number(args[0]), "prelaunch");
  const socket = await connect(endpoint, TIMEOUT);
  await new MigrationSource({ machine, maxBandwidth: 0 }).migrate(socket);
}

/** A guest whose memory the system has handed out: how long that takes is no work of the engine's. */
function guest(mebibytes: number, runState: "inmigrate" | "prelaunch"): Machine {
  const block = new RamBlock("ram", mebibytes * MIB);
  block.bytes.fill(runState === "prelaunch" ? 7 : 1);
  const ram = new GuestRam([block]);
  return new Machine({ type: "none", ram, devices: [], runState });
}

async function take(serve: (socket: Socket) => void): Promise<void> {
  const listener = await Listener.open(endpoint, (socket) => {
    listener.close();
    serve(socket);
  });
  tell({ endpoint: endpointName(listener.listening.endpoint) });
}
