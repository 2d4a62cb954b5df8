import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { connect } from "../../../src/cli/engine/connect.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-connect-"));
afterAll(() => rmSync(work, { recursive: true }));

/** Listens, takes two calls for waiting, and none of them ever. */
const DEAF = `
  const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 });
  server.on("listening", () => {
    require("node:fs").writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

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

/** Where nobody answers. */
async function unanswered() {
  const deaf = spawn(process.execPath, ["-e", DEAF]);
  const port = Number(String((await once(deaf.stdout, "data"))[0]));
  const endpoint = { kind: "tcp", host: "127.0.0.1", port } as const;
  const waiting = await Promise.all([connect(endpoint, 5000), connect(endpoint, 5000)]);
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
    deaf.kill();
  });
  return endpoint;
}

test("one that nobody answers", async () => {
  const endpoint = await unanswered();
  await expect(connect(endpoint, 100)).rejects.toThrow(
    `cannot connect to 127.0.0.1:${endpoint.port}: no answer in 100 ms`,
  );
});

test("one that is given up while nobody answers, at once", async () => {
  const endpoint = await unanswered();
  const controller = new AbortController();
  const connecting = connect(endpoint, 20_000, controller.signal);
  setTimeout(() => controller.abort(new Error("interrupted")), 50);
  await expect(connecting).rejects.toThrow(
    `cannot connect to 127.0.0.1:${endpoint.port}: interrupted`,
  );
});
