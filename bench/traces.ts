/**
 * How fast traces are read, and in how much memory: `npm run bench -- traces`. Needs the shared
 * recordings; QEMU's own script is measured beside where it is at hand.
 *
 * A trace of 4 million records is made of a recording, in a temporary folder that is removed after.
 * Built code is measured (tsx wraps functions), each case in processes of its own, in turns.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { buildCli } from "../test/support/built-cli.js";
import { makeLongTrace } from "../test/support/long-trace.js";
import { sharedPath, tools } from "../test/support/tools.js";
import { quantile } from "./support/quantile.js";
import { benchDecode } from "./traces/decode.js";

const RECORDS = 4_000_000;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const root = fileURLToPath(new URL("..", import.meta.url));
const events = () => sharedPath("corpus", "qemu-10.2.2", "trace-events-all");
const recording = () => sharedPath("recordings", "pc-9.2-xbzrle", "source.simpletrace");

const cases = [
  "walk lengths",
  "count by event",
  "walk lengths, in memory",
  "count by event, in memory",
  "for await",
  "for await, one argument",
  "text",
] as const;

interface Result {
  readonly records: number;
  readonly seconds: number;
  /** Of all threads together: on a busy machine this tells more than the time that passed. */
  readonly cpu: number;
  readonly megabytes: number;
}

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-bench-"));
  try {
    await bundle(folder);
    const trace = join(folder, "trace");
    makeLongTrace(recording(), trace, RECORDS);
    const size = (statSync(trace).size / 1e6).toFixed(0);
    console.log(`${RECORDS} records, ${size} MB; ${ROUNDS} rounds, median and quartiles`);
    const results = measureAll(folder, trace);
    printTable(results);
    const script = measureScript(folder);
    printAims(results, script);
    benchDecode(await buildCli("bench-traces"), trace, events(), ROUNDS);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundle(folder: string): Promise<void> {
  await build({
    entry: { measure: `${root}bench/traces/measure.ts` },
    outDir: folder,
    outExtension: () => ({ js: ".mjs" }),
    format: "esm",
    target: "node20",
    platform: "node",
    noExternal: [/.*/],
    splitting: false,
    silent: true,
    config: false,
  });
}

type Results = Readonly<Record<string, readonly Result[]>>;

function measureAll(folder: string, trace: string): Results {
  const results: Record<string, Result[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of cases) {
      const output = execFileSync(
        process.execPath,
        ["--expose-gc", join(folder, "measure.mjs"), name, trace, events(), String(RECORDS)],
        { encoding: "utf8" },
      );
      results[name] ??= [];
      results[name].push(JSON.parse(output) as Result);
    }
  }
  return results;
}

/** Records a second of simpletrace.py on a twentieth of the records; undefined where it is not there. */
function measureScript(folder: string): number | undefined {
  const { python, qemuScripts } = tools;
  if (!python || !qemuScripts) return undefined;
  const few = RECORDS / 20;
  const trace = join(folder, "few");
  makeLongTrace(recording(), trace, few);
  const seconds = [0, 1, 2].map(() => {
    const begin = performance.now();
    execFileSync(python, [join(qemuScripts, "simpletrace.py"), events(), trace], {
      maxBuffer: 1 << 30,
    });
    return (performance.now() - begin) / 1000;
  });
  return few / quantile(seconds, 0.5);
}

function rates(results: readonly Result[]): number[] {
  return results.map(({ records, seconds }) => records / seconds);
}

function printTable(results: Results): void {
  console.log(`${"".padEnd(28)}M records/s   quartiles     by CPU   peak MB`);
  for (const [name, rounds] of Object.entries(results)) {
    const wrong = rounds.find(({ records }) => records !== RECORDS);
    if (wrong) throw new Error(`${name}: ${wrong.records} records`);
    const [low, middle, high] = [0.25, 0.5, 0.75].map((part) =>
      (quantile(rates(rounds), part) / 1e6).toFixed(2),
    );
    const byCpu =
      RECORDS /
      quantile(
        rounds.map(({ cpu }) => cpu),
        0.5,
      ) /
      1e6;
    const peak = Math.max(...rounds.map(({ megabytes }) => megabytes)).toFixed(0);
    console.log(
      `${name.padEnd(28)}${middle!.padStart(11)}   ${`${low} to ${high}`.padEnd(13)}${byCpu.toFixed(2).padStart(7)}${peak.padStart(10)}`,
    );
  }
}

function printAims(results: Results, script: number | undefined): void {
  type Case = (typeof cases)[number];
  const rate = (name: Case) => quantile(rates(results[name]!), 0.5);
  const cpu = (name: Case) =>
    quantile(
      results[name]!.map((result) => result.cpu),
      0.5,
    );
  const ratio = (slow: Case, fast: Case) =>
    `${(rate(fast) / rate(slow)).toFixed(2)}, by CPU ${(cpu(slow) / cpu(fast)).toFixed(2)}`;
  const memory = ratio("count by event, in memory", "walk lengths, in memory");
  console.log(`
the bare walk by counting           ${ratio("count by event", "walk lengths")}   (aim: 2 at most)
the same in memory                  ${memory}
the bare walk by for await          ${ratio("for await", "walk lengths")}   (aim: 19.3 at most, 58 by 3)
the same, one argument              ${ratio("for await, one argument", "walk lengths")}`);
  if (script === undefined) {
    console.log("simpletrace.py is not at hand");
    return;
  }
  console.log(
    `text, by simpletrace.py             ${(rate("text") / script).toFixed(1)}   (aim: 15 at least; the script: ${(script / 1e6).toFixed(2)} M/s)`,
  );
}
