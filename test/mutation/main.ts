/**
 * `npm run mutation -- ROOM|FILE… [--sample N] [--update]`: changes the sources in small ways, and lists the changes
 * that no test notices. Without a name it lists the rooms. See README.md in this folder.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { parseArgs } from "node:util";
import { repoRoot } from "../support/repo-root.js";
import { type MutationReport, type RoomScore, scoreOf, survivorsOf } from "./mutation-report.js";
import { type Room, rooms } from "./rooms.js";

const here = join(repoRoot, "test/mutation");
const cache = ".cache/mutation";
const baselineFile = join(here, "baseline.json");

process.chdir(repoRoot);
process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    options: {
      sample: { type: "string", default: "1" },
      update: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const wanted = positionals.map((path) => path.replace(/\/$/, ""));
  const unknown = wanted.find((path) => roomOf(path) === undefined || !existsSync(path));
  const sample = Number(values.sample);
  if (unknown !== undefined || wanted.length === 0 || !(Number.isInteger(sample) && sample > 0)) {
    if (unknown !== undefined) console.error(`${unknown}: not a room, nor a file in one`);
    console.error("usage: npm run mutation -- ROOM|FILE… [--sample N] [--update]");
    const scores = readBaseline();
    for (const name of Object.keys(rooms))
      console.error(`  ${name.padEnd(20)} ${percent(scores[name])}`);
    return 2;
  }
  installStryker();
  return Math.max(...wanted.map((path) => test(path, sample, values.update)));
}

/** Tests the mutants of a room or of one file of it. Exit code 1: the room's score has fallen. */
function test(path: string, sample: number, update: boolean): number {
  const name = roomOf(path)!;
  const report = runStryker(name, path, sample);
  if (report === undefined) return 2;
  const score = scoreOf(report);
  print(report, score);
  if (path !== name) return 0;
  const before = readBaseline()[name];
  console.log(`\n${name}: ${percent(score)}, baseline ${percent(before)}`);
  if (update)
    writeFileSync(
      baselineFile,
      `${JSON.stringify({ ...readBaseline(), [name]: { ...score, sample } }, null, 2)}\n`,
    );
  else if (before !== undefined && before.sample !== sample)
    console.log(`not compared: the baseline is of one in ${before.sample}`);
  else if (before !== undefined && score.score < before.score) {
    console.error(`${name}: the score has fallen; test the survivors, or accept with --update`);
    return 1;
  }
  return 0;
}

function roomOf(path: string): string | undefined {
  return Object.keys(rooms).find((name) => path === name || path.startsWith(`${name}/`));
}

/** Stryker is large, so it has its own package.json, and is installed at the first run. */
function installStryker(): void {
  if (existsSync(join(here, "node_modules/@stryker-mutator/vitest-runner"))) return;
  // Its peer, vitest, is the project's own.
  const npm = ["ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", npm, { cwd: here, stdio: "inherit" });
  if (status !== 0) throw new Error("npm ci failed in test/mutation");
}

/** The results for all mutants of the files named, or undefined where Stryker failed. */
function runStryker(name: string, path: string, sample: number): MutationReport | undefined {
  const room: Room = rooms[name]!;
  const mutate = sourcesOf(room, path);
  const results = join(cache, `${name.replaceAll("/", "-")}${sample > 1 ? `.1-in-${sample}` : ""}`);
  const reportFile = `${results}.report.json`;
  const configFile = join(cache, "stryker.config.json");
  mkdirSync(cache, { recursive: true });
  const config = {
    testRunner: "vitest",
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    mutate,
    plugins: ["@stryker-mutator/vitest-runner", join(here, "sample.mjs")],
    checkers: sample > 1 ? ["sample"] : [],
    incremental: true,
    incrementalFile: `${results}.incremental.json`,
    reporters: ["json", "progress-append-only"],
    jsonReporter: { fileName: reportFile },
    // Inside of .cache, which git, Biome and vitest ignore.
    tempDirName: join(cache, "sandbox"),
    ignorePatterns: [".cache", "dist", "docs/*.png", "coverage"],
    tsconfigFile: "none",
    // Vitest checks no types, and tests compare files of the repository byte by byte.
    disableTypeChecks: false,
    concurrency: 1,
    // A mutant that loops is counted as noticed: a busy machine must not make one.
    timeoutMS: 30_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 30,
    allowConsoleColors: false,
  };
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  const stryker = join(here, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const { status } = spawnSync("nice", [process.execPath, stryker, "run", configFile], {
    stdio: "inherit",
    env: {
      ...process.env,
      ...room.env,
      QTRACE_MUTATION_TESTS: JSON.stringify(room.tests),
      QTRACE_MUTATION_SOURCES: JSON.stringify(mutate),
      QTRACE_MUTATION_SAMPLE: String(sample),
      // Tests look for these beside the repository and in .cache, which the sandbox is not.
      QTRACE_SHARED: process.env.QTRACE_SHARED || join(repoRoot, "..", "shared"),
      QTRACE_QEMU_SCRIPTS: process.env.QTRACE_QEMU_SCRIPTS || join(repoRoot, ".cache/qemu-scripts"),
      QTRACE_PERFETTO: process.env.QTRACE_PERFETTO || join(repoRoot, ".cache/perfetto"),
    },
  });
  if (status !== 0) {
    console.error(`${path}: Stryker failed; did its first run of the tests pass?`);
    return undefined;
  }
  const report = JSON.parse(readFileSync(reportFile, "utf8")) as MutationReport;
  // An incremental report also holds the results for the room's other files.
  const files = Object.entries(report.files).filter(
    ([file]) => file === path || file.startsWith(`${path}/`),
  );
  return { files: Object.fromEntries(files) };
}

function sourcesOf(room: Room, path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((file) => join(path, file))
    .filter((file) => file.endsWith(".ts"))
    .filter((file) => !room.except?.some((glob) => matchesGlob(file, glob)))
    .sort();
}

function print(report: MutationReport, score: RoomScore): void {
  for (const { file, line, column, kind, status, before, after } of survivorsOf(report))
    console.log(`${file}:${line}:${column} ${kind}${status}: ${before} → ${after}`);
  console.log("\nscore  noticed  survived  not covered  file");
  for (const [file, results] of Object.entries(report.files)) {
    const { noticed, survived, notCovered } = scoreOf({ files: { [file]: results } });
    const of = [noticed, survived, notCovered];
    const cells = [percent(scoreOf({ files: { [file]: results } })), ...of];
    const widths = [5, 8, 9, 12];
    console.log(
      `${cells.map((cell, at) => String(cell).padStart(widths[at]!)).join(" ")}  ${file}`,
    );
  }
  console.log("\nsurvivors by kind");
  for (const [kind, count] of Object.entries(score.survivors))
    console.log(`${String(count).padStart(5)}  ${kind}`);
}

/** A room's score in a sample of one mutant in `sample`. */
interface Baseline extends RoomScore {
  readonly sample: number;
}

function readBaseline(): Record<string, Baseline> {
  return existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, "utf8")) : {};
}

function percent(score: RoomScore | undefined): string {
  return score === undefined ? "-" : `${score.score.toFixed(1)} %`;
}
