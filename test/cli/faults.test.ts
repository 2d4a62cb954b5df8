/** Faults from outside: signals, certificates, damaged data sets. */

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../src/migration/engine/migration-source.js";
import { buildCli } from "../support/built-cli.js";
import { generateMigrations } from "../support/fleet/generate-migration.js";
import { shortOrLong } from "../support/long-form.js";
import { testWith } from "../support/programs.js";
import { seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";
import { ownStream } from "./engine/own-stream.js";

const EVENTS = join(repoRoot, "trace-events");
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const RUNS = shortOrLong(10, 50);
const MOMENTS = shortOrLong(4, 15);

const work = mkdtempSync(join(tmpdir(), "qtrace-faults-"));
const recordings = join(work, "recordings");
let cli: string;
let folders = 0;

beforeAll(async () => {
  cli = await buildCli("faults");
  await generateMigrations(recordings, 12);
}, 120_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

function folder(): string {
  folders += 1;
  return join(work, String(folders));
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { encoding: "utf8", env: { ...process.env, ...env }, timeout: 60_000 } as const;
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], options);
  return { code: status, err: stderr };
}

/** Collects what a process says on stderr; `said` gives what follows a text in its line, once it came. */
function listenTo(child: ChildProcess) {
  let err = "";
  child.stderr!.on("data", (chunk) => {
    err += chunk;
  });
  const said = async (text: string): Promise<string> => {
    for (;;) {
      const lines = err.split("\n").slice(0, -1);
      const line = lines.find((known) => known.includes(text));
      if (line !== undefined) return line.slice(line.indexOf(text) + text.length);
      if (child.exitCode !== null) throw new Error(`it ended without "${text}": ${err}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  return { said, text: () => err };
}

describe("signals", async () => {
  const { stream } = await ownStream({ memory: 1 << 20, dirtyRate: 0 });

  test(`at ${RUNS} random moments of a receive: what came is kept, and called incomplete`, async () => {
    const random = seededRandom(50);
    for (let number = 0; number < RUNS; number += 1) {
      const output = folder();
      const args = [cli, "receive", "--listen", ":0", "--output", output];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      const heard = listenTo(child);
      const ended = once(child, "exit");
      const port = Number.parseInt(await heard.said("migration at 127.0.0.1:"), 10);
      const source = createConnection({ port, host: "127.0.0.1" }).on("error", () => {});
      // The last byte never comes, so that the signal is what ends it.
      const cut = random(stream.length - 1);
      source.resume().write(stream.subarray(0, cut));
      await new Promise((resolve) => setTimeout(resolve, random(40)));
      child.kill(SIGNALS[number % SIGNALS.length]);
      const [code, signal] = await ended;
      source.destroy();
      expect([code, signal, heard.text()]).toEqual([2, null, heard.text()]);
      if (!existsSync(output)) continue;
      const about = JSON.parse(readFileSync(join(output, "recording.json"), "utf8"));
      expect(about.complete).toBe(false);
      const recorded = readFileSync(join(output, "channel0.bin"));
      expect(recorded.equals(stream.subarray(0, recorded.length))).toBe(true);
    }
  }, 300_000);
});

test(`signals at ${MOMENTS} random moments of a tap: what passed can be read, and no temporary file is left`, async () => {
  const random = seededRandom(51);
  const codes = new Set<unknown>();
  for (let number = 0; number < MOMENTS; number += 1) {
    const output = folder();
    const [to, listen] = [`${output}.to`, `${output}.listen`];
    const guest = { memory: 1 << 20, dirtyRate: 0 };
    const sockets: Socket[] = [];
    const destination = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket.on("error", () => {}));
      const machine = demoDestinationMachine(guest);
      new MigrationDestination({ machine }).load(socket).catch(() => {});
    }).listen(to);
    await once(destination, "listening");
    const endpoints = ["--listen", `unix:${listen}`, "--to", `unix:${to}`];
    const child = spawn(process.execPath, [cli, "tap", ...endpoints, "--output", output], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const heard = listenTo(child);
    const ended = once(child, "exit");
    await heard.said("listening at ");
    const source = createConnection({ path: listen, allowHalfOpen: true }).on("error", () => {});
    const machine = demoSourceMachine(guest);
    // Slow enough that most of the signals come before its end.
    const migration = new MigrationSource({ machine, maxBandwidth: 1 << 20 }).migrate(source);
    migration.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, random(200)));
    const signal = SIGNALS[number % SIGNALS.length]!;
    child.kill(signal);
    const [code, by] = await ended;
    for (const socket of [source, ...sockets]) socket.destroy();
    destination.close();
    // 0 if the migration was over when the signal came.
    expect([
      [0, null],
      [2, null],
    ]).toContainEqual([code, by]);
    expect(heard.text()).not.toMatch(/internal error|^ +at /m);
    codes.add(code);
    if (!existsSync(output)) continue;
    expect(readdirSync(output).filter((name) => name.startsWith("."))).toEqual([]);
    const about = JSON.parse(readFileSync(join(output, "recording.json"), "utf8"));
    const items = run(["stream", "items", join(output, "channel0.bin"), "--json"]);
    expect(about.complete).toBe(code === 0);
    if (items.code === 1) {
      expect(code).toBe(2);
      expect(items.err).toMatch(/^qtrace: .*channel0\.bin: .*(cut|ends|empty).*\n$/);
    } else {
      // Its last byte may have passed before the signal came.
      expect([items.code, items.err]).toEqual([0, ""]);
    }
  }
  expect(codes).toContain(2);
}, 300_000);

test(`signals at ${MOMENTS} random moments of an export: nothing is left in part`, async () => {
  const random = seededRandom(52);
  const dataSet = folder();
  const args = ["export", recordings, "--events", EVENTS, "--output"];
  const start = performance.now();
  expect(run([...args, folder()]).code).toBe(0);
  let duration = performance.now() - start;
  const files = () =>
    existsSync(dataSet) ? readdirSync(dataSet, { recursive: true, encoding: "utf8" }) : [];
  for (let number = 0; number < MOMENTS; number += 1) {
    const begin = performance.now();
    const child = spawn(process.execPath, [cli, ...args, dataSet], { stdio: "ignore" });
    const ended = once(child, "exit");
    // The last part of the time, in which it writes.
    const moment = duration * (0.4 + random(600) / 1000);
    await new Promise((resolve) => setTimeout(resolve, moment));
    const signal = SIGNALS[number % SIGNALS.length]!;
    child.kill(signal);
    const [code, by] = await ended;
    expect([0, signal]).toContain(code ?? by);
    expect(files().filter((name) => /\.tmp$|\.staging\/./.test(name))).toEqual([]);
    const parts = (table: string) =>
      files().filter((name) => name.startsWith(`${table}/`) && name.endsWith(".parquet"));
    expect(parts("items").length).toBe(parts("migrations").length);
    if (code === 0) {
      duration = Math.min(duration, performance.now() - begin);
      rmSync(dataSet, { recursive: true });
    }
  }
}, 300_000);

testWith(
  ["openssl"],
  "a self-signed certificate is refused, by name of its fault",
  async (tool) => {
    const [key, certificate] = [join(work, "key.pem"), join(work, "certificate.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
    execFileSync(tool.openssl, [...request, "-keyout", key, "-out", certificate], {
      stdio: "ignore",
    });
    let requests = 0;
    const server = createHttpsServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (_, response) => {
        requests += 1;
        response.end('{"one":1}\n');
      },
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(
      process.execPath,
      [cli, "export", recordings, "--events", EVENTS, "--to", "clickhouse", url],
      {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, CLICKHOUSE_PASSWORD: "secret" },
      },
    );
    const heard = listenTo(child);
    const [code] = await once(child, "close");
    server.close();
    expect(code).toBe(2);
    expect(heard.text()).toMatch(/^qtrace: https:.*self-signed certificate/m);
    expect(requests).toBe(0);
  },
);

testWith(["duckdb"], "a bit that flipped in a Parquet file: one line with the file's name", () => {
  const dataSet = folder();
  expect(run(["export", recordings, "--events", EVENTS, "--output", dataSet]).code).toBe(0);
  const names = readdirSync(dataSet, { recursive: true, encoding: "utf8" });
  const file = names.find((name) => /migrations.*\.parquet$/.test(name))!;
  const bytes = readFileSync(join(dataSet, file));
  // In the footer's magic number, which each reader checks.
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(join(dataSet, file), bytes);
  const { code, err } = run(["query", dataSet, "SELECT count(*) FROM migrations"]);
  expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: .*\.parquet/)]);
  expect(err).not.toMatch(/^ +at /m);
  expect(run(["report", dataSet, "--output", join(work, "report.html")]).code).toBe(2);
});
