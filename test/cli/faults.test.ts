/** Faults from outside: signals, certificates, damaged data sets. */

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildCli } from "../support/built-cli.js";
import { generateMigrations } from "../support/fleet/generate-migration.js";
import { testWith } from "../support/programs.js";
import { seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";
import { ownStream } from "./engine/own-stream.js";

const EVENTS = join(repoRoot, "trace-events");
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const RUNS = 50;

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
    const server = createServer(
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
