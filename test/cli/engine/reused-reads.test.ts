import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createConnection, createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { ChannelRecorder } from "../../../src/cli/engine/channel-recorder.js";
import { relay } from "../../../src/cli/engine/relay.js";
import { reusedReads } from "../../../src/cli/engine/reused-reads.js";
import { seededRandom } from "../../support/random.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-reused-"));
afterAll(() => rmSync(work, { recursive: true }));

const random = seededRandom(8);
const sent = Buffer.from(Uint32Array.from({ length: 6 << 20 }, () => random(2 ** 32)).buffer);

/** A connection within this process: the end that was made, and the one that was accepted. */
async function connection(): Promise<{ readonly made: Socket; readonly accepted: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const made = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const [[accepted]] = await Promise.all([once(server, "connection"), once(made, "connect")]);
  server.close();
  return { made, accepted: accepted as Socket };
}

/** Writes in pieces of any size, now and then after a pause. */
async function feed(socket: Socket): Promise<void> {
  for (let at = 0; at < sent.length; ) {
    const length = random(2) === 0 ? 1 + random(100) : random(1 << 20);
    if (!socket.write(sent.subarray(at, at + length))) await once(socket, "drain");
    if (random(16) === 0) await delay(1);
    at += length;
  }
  socket.end();
}

/** What comes, taken late and with a pause now and then. */
async function takeSlowly(socket: Socket): Promise<Buffer> {
  await delay(200);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer);
    if (random(64) === 0) await delay(5);
  }
  return Buffer.concat(chunks);
}

test("passes on and keeps every byte, though the memory is used again and the taker is slow", async () => {
  const before = await connection();
  const behind = await connection();
  const { socket, settle } = reusedReads(before.accepted);
  const recorder = new ChannelRecorder(join(work, "channel"));
  const memory = new Set<ArrayBufferLike>();
  const passed = relay(socket, behind.made, (chunk) => {
    memory.add(chunk.buffer);
    recorder.record(chunk);
    settle(recorder.settled);
    return recorder;
  });
  const [taken] = await Promise.all([takeSlowly(behind.accepted), feed(before.made), passed]);
  await recorder.close();
  expect(taken.equals(sent)).toBe(true);
  expect(readFileSync(join(work, "channel.bin")).equals(sent)).toBe(true);
  expect(memory.size).toBeLessThan(sent.length / 2 ** 20 / 2);
  for (const end of [socket, behind.made, before.made, behind.accepted]) end.destroy();
});

test("a socket without an inner part stays what it is", () => {
  const socket = new Socket();
  expect(reusedReads(socket).socket).toBe(socket);
});
