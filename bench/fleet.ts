/**
 * What many migrations cost: `npm run bench -- fleet`.
 *
 * A few hundred generated migrations are multiplied to 10,000 recordings. Built code is measured,
 * each run in a process of its own, cases that are compared in turns.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../test/support/built-cli.js";
import { generateMigrations } from "../test/support/fleet/generate-migration.js";
import { multiply } from "./fleet/multiply.js";

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const MANY = Number(process.env.RECORDINGS ?? 10_000);
const FEW = 200;
const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}.cache/bench-fleet`;
const events = `${root}trace-events`;

interface Measured {
  readonly seconds: number;
  /** Seconds of all cores. */
  readonly cpu: number;
  readonly memory: number;
  readonly told?: Readonly<Record<string, number>>;
}

/** Measures, and prints the figures beside what is aimed at. */
export async function run(): Promise<void> {
  await bundle(built, {
    measure: "bench/fleet/measure.ts",
    "export-worker": "src/cli/fleet/export-worker.ts",
  });
  const work = mkdtempSync(join(tmpdir(), "qtrace-bench-"));
  try {
    const few = join(work, "few");
    await generateMigrations(few, FEW);
    console.log(`${FEW} generated migrations, multiplied to ${MANY} recordings; ${ROUNDS} rounds`);
    compare(work, few);
    grow(work, few);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Exports of a tenth of all recordings, by analysing them. */
function compare(work: string, few: string): void {
  const some = join(work, "some");
  multiply(few, some, MANY / 10);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => ({
    analyzed: measure("analyze", some, "-", events),
    exported: measure("export", some, join(work, `some-${round}`), events, "1"),
    shared: measure("export", some, join(work, `shared-${round}`), events, "2"),
  }));
  const of = (value: (round: (typeof rounds)[number]) => number) => spread(rounds.map(value));
  console.log(`\nanalyze ${MANY / 10}       ${of(({ analyzed }) => analyzed.seconds)} s`);
  console.log(`export, one thread  ${of(({ exported }) => exported.seconds)} s`);
  console.log(`export, two threads ${of(({ shared }) => shared.seconds)} s`);
  const time = of(({ analyzed, exported }) => exported.seconds / analyzed.seconds);
  const cpu = of(({ analyzed, exported }) => exported.cpu / analyzed.cpu);
  console.log(`export, by analysing ${time}, of processor time ${cpu}   (aim: below 1.5)`);
}

/** Ever more recordings, into a data set of their own; and the views over all of them. */
function grow(work: string, few: string): void {
  console.log("\nrecordings  seconds  each ms  cpu each ms  memory MB");
  for (const part of [8, 4, 2, 1]) {
    const count = MANY / part;
    const [recordings, dataSet] = [join(work, `of-${count}`), join(work, `set-${count}`)];
    multiply(few, recordings, count);
    const { seconds, cpu, memory } = measure("export", recordings, dataSet, events, "1");
    const cells = [count, seconds.toFixed(1), each(seconds, count), each(cpu, count)];
    console.log(
      [...cells, (memory / 1e6).toFixed(0)].map((cell) => `${cell}`.padStart(9)).join(""),
    );
    rmSync(recordings, { recursive: true });
    if (part === 1) askViews(dataSet);
  }
}

function askViews(dataSet: string): void {
  const runs = Array.from({ length: ROUNDS }, () => measure("views", dataSet).told!);
  console.log(`\nviews over ${MANY} migrations, seconds, and of all cores   (aim: below 1 each)`);
  for (const view of Object.keys(runs[0]!).filter((name) => !name.endsWith(" cpu"))) {
    const of = (name: string) => spread(runs.map((times) => times[name]!));
    console.log(`  ${view.padEnd(22)}${of(view)}   ${of(`${view} cpu`)}`);
  }
}

function each(seconds: number, count: number): string {
  return ((1e3 * seconds) / count).toFixed(2);
}

function measure(...args: string[]): Measured {
  const options = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
  return JSON.parse(execFileSync(process.execPath, [join(built, "measure.js"), ...args], options));
}

/** The median, and the lowest and highest value. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const text = (value: number | undefined) => (value ?? Number.NaN).toFixed(2);
  return `${text(sorted[sorted.length >> 1])} (${text(sorted[0])}–${text(sorted.at(-1))})`;
}
