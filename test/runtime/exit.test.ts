/** What is left of a trace when its program ends in this or that way. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { readRecords } from "../../src/traces/read-records.js";
import { repoRoot } from "../support/repo-root.js";
import { modelsOf } from "./trace-events-of.js";

const models = modelsOf("tick(int n)\n", "clock");

const program = `
import { openSync, writeFileSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { addSink, enableEvents, flushSinks, SimpleSink } from "${repoRoot}/src/runtime/index.ts";
import { trace_tick } from "./clock.ts";

const file = openSync(isMainThread ? "trace" : workerData, "w");
const bad = process.argv[2] === "broken writer";
addSink(new SimpleSink({ write: (bytes) => writeFileSync(bad ? 9999 : file, bytes) }));
process.on("exit", flushSinks);
enableEvents("tick");
for (let n = 0; n < 5000; n++) trace_tick(n);

switch (isMainThread ? process.argv[2] : "") {
  case "exit":
    process.exit(3);
  case "exception":
    throw new Error("nobody catches this");
  case "rejection":
    await Promise.reject(new Error("nor this"));
    break;
  case "worker":
    new Worker(new URL(import.meta.url), { workerData: "trace-worker" });
}
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qtrace-"));
  const runtime = join(repoRoot, "src", "runtime", "index.ts");
  writeFileSync(join(folder, "clock.ts"), generate(models, { runtime }).get("clock.ts")!);
  writeFileSync(join(folder, "main.ts"), program);
  buildSync({
    entryPoints: [join(folder, "main.ts")],
    ...{ bundle: true, format: "esm", platform: "node", outfile: join(folder, "main.mjs") },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (way: string) =>
  spawnSync(process.execPath, ["main.mjs", way], {
    cwd: folder,
    encoding: "utf8",
    timeout: 30_000,
  });

async function traced(name: string): Promise<unknown[]> {
  const numbers = [];
  for await (const record of readRecords(readFileSync(join(folder, name)), models)) {
    numbers.push(record.arguments.n);
  }
  return numbers;
}

const all = Array.from({ length: 5000 }, (_, n) => n);

test.each([
  ["its end", 0],
  ["exit", 3],
  ["exception", 1],
  ["rejection", 1],
])("by %s: all of it", async (way, code) => {
  expect(run(way).status).toBe(code);
  expect(await traced("trace")).toEqual(all);
});

test("with a worker: all of both, each in its own file", async () => {
  expect(run("worker").status).toBe(0);
  expect(await traced("trace")).toEqual(all);
  expect(await traced("trace-worker")).toEqual(all);
});

test("with a writer that fails: nothing but one line, and the program's own end", () => {
  const { status, stderr } = run("broken writer");
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^qtrace: a trace sink failed and is cut off: Error: EBADF: bad file descriptor, write\n$/,
  );
});
