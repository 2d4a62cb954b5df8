import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { connect } from "../../../src/cli/engine/connect.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-connect-"));
afterAll(() => rmSync(work, { recursive: true }));

/** An address that takes the call and never answers: a port of a network for examples (RFC 5737). */
const NOWHERE = { kind: "tcp", host: "192.0.2.1", port: 4444 } as const;

test("a connection that was made, both ways of which can be closed on their own", async () => {
  const path = join(work, "socket");
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.end("hello")).listen(
    path,
  );
  await once(server, "listening");
  const controller = new AbortController();
  const socket = await connect({ kind: "unix", path }, 5000, controller.signal);
  // The signal is for the connecting alone.
  controller.abort(new Error("too late"));
  await once(socket.resume(), "end");
  expect([socket.readableEnded, socket.writable, socket.destroyed]).toEqual([true, true, false]);
  socket.destroy();
  server.close();
});

test("one that is given up while nobody answers, at once", async () => {
  const controller = new AbortController();
  const begin = performance.now();
  const connecting = connect(NOWHERE, 30_000, controller.signal);
  controller.abort(new Error("interrupted"));
  await expect(connecting).rejects.toThrow("cannot connect to 192.0.2.1:4444: interrupted");
  expect(performance.now() - begin).toBeLessThan(10_000);
  await vi.waitUntil(() => !process.getActiveResourcesInfo().includes("TCPSocketWrap"));
});
