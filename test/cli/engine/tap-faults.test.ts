import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { Endpoint } from "../../../src/cli/engine/endpoint.js";
import { RecordingWriter } from "../../../src/cli/engine/recording-writer.js";
import { Tap } from "../../../src/cli/engine/tap.js";
import { seededRandom } from "../../support/random.js";

const RUNS = 120;
/** Bytes that come before a fault: a connection that says nothing is no migration, and waited behind. */
const FIRST = 64 * 1024;
const work = mkdtempSync(join(tmpdir(), "qtrace-tap-faults-"));
afterAll(() => rmSync(work, { recursive: true }));

const random = seededRandom(31);
const sent = Buffer.from(Uint32Array.from({ length: 1 << 20 }, () => random(2 ** 32)).buffer);
// A tap passes on only what starts as a migration does.
sent.write("QEVM");

const none = () => {};

/** One end breaks the connection at a byte, by closing it or by a reset. */
interface Fault {
  readonly end: "source" | "destination";
  readonly how: "destroy" | "resetAndDestroy";
  readonly at: number;
}

function anyFault(): Fault {
  const end = random(2) === 0 ? "source" : "destination";
  const how = random(2) === 0 ? "destroy" : "resetAndDestroy";
  return { end, how, at: FIRST + random(sent.length - FIRST) };
}

/** Takes what comes, by fits and starts, and breaks where the fault says. */
function take(socket: Socket, { end, how, at }: Fault): { readonly chunks: readonly Buffer[] } {
  const chunks: Buffer[] = [];
  let length = 0;
  socket.on("error", none);
  socket.on("end", () => socket.end());
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (end === "destination" && length >= at) socket[how]();
    if (random(30) > 0) return;
    socket.pause();
    void delay(random(3)).then(() => socket.resume());
  });
  return { chunks };
}

async function send(socket: Socket, { end, how, at }: Fault): Promise<void> {
  socket.on("error", none);
  for (let offset = 0; offset < sent.length && !socket.destroyed; ) {
    const length = random(2) === 0 ? 1 + random(200) : 1 + random(1 << 18);
    const isTaken = socket.write(sent.subarray(offset, offset + length));
    offset += length;
    if (end === "source" && offset >= at) socket[how]();
    else if (!isTaken)
      await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(none);
  }
  socket.end();
  socket.resume();
}

/** What of a stream with a fault was recorded by a tap, and what arrived behind it. */
async function passWith(fault: Fault) {
  const destinations: { readonly socket: Socket; readonly chunks: readonly Buffer[] }[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    destinations.push({ socket, ...take(socket, fault) });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const recording = await RecordingWriter.open(join(work, "recording"), {}, { force: true });
  const tap = new Tap({
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    to: { kind: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    recording,
    connectTimeout: 5000,
  });
  const { port } = (await tap.listen()).endpoint as Extract<Endpoint, { kind: "tcp" }>;
  const run = tap.run();
  const source = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(source, "connect");
  await Promise.all([send(source, fault), run]);
  await recording.close({});
  server.close();
  for (const socket of [source, ...destinations.map(({ socket }) => socket)]) socket.destroy();
  const recorded = readFileSync(join(work, "recording", "channel0.bin"));
  return { recorded, arrived: Buffer.concat(destinations[0]!.chunks) };
}

test(`${RUNS} faults: what was recorded is the front of the stream, and has all that arrived`, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const fault = anyFault();
    const { recorded, arrived } = await passWith(fault);
    expect(arrived.equals(sent.subarray(0, arrived.length)), JSON.stringify(fault)).toBe(true);
    expect(recorded.equals(sent.subarray(0, recorded.length)), JSON.stringify(fault)).toBe(true);
    expect(recorded.length, JSON.stringify(fault)).toBeGreaterThanOrEqual(arrived.length);
  }
  const open = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"));
  await expect.poll(open, { timeout: 30_000 }).toEqual([]);
}, 60_000);
