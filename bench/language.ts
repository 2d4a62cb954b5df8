/**
 * What reading trace-events files costs: `npm run bench -- language`. Needs the shared corpus.
 *
 * Ratios, since milliseconds are those of one machine: read and model of all files of QEMU 10.2, to a
 * bare chevrotain parse of the same grammar (no tree, no model) and to splitting the same bytes into
 * lines; warm, and cold in processes of their own. Then `qtrace lint` of them all, to Node's start.
 *
 * All is measured on bundles: tsx wraps every function to keep its name, which doubles a parse.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { build } from "tsup";
import { corpusSources } from "../test/support/corpus.js";
import { repoRoot } from "../test/support/repo-root.js";
import { sharedPath } from "../test/support/tools.js";
import { quantile } from "./support/quantile.js";

const VERSION = "qemu-10.2.2";
const COLD_ROUNDS = 15;
/** Processes for each number, each of which has many rounds of its own. */
const WARM_ROUNDS = 5;
const out = join(repoRoot, ".cache", "bench");

export async function run(): Promise<void> {
  const corpus = sharedPath("corpus", VERSION);
  const files = corpusSources(VERSION).map(({ path }) => join(corpus, path));
  await bundle();
  console.log(`${files.length} files of ${VERSION}; medians, and in brackets the quartiles, in ms`);

  for (const how of ["warm", "cold"] as const) {
    const [lines, bare, parse, model, formats] = inTurns(
      how === "warm" ? WARM_ROUNDS : COLD_ROUNDS,
      ["lines", "bare", "parse", "model", "formats"].map((what) => () => measure(how, what, files)),
    ) as [number[], number[], number[], number[], number[]];
    console.log(`\n${how}`);
    print("bytes split into lines", lines);
    print("bare chevrotain parse", bare);
    print("parse", parse);
    print("read and model", model);
    print("the same, formats bound too", formats);
    compare("read and model, by the bare parse", model, bare, 2);
    compare("with formats, by the bare parse", formats, bare);
    compare("read and model, by lines", model, lines);
  }

  const cli = join(out, "cli", "cli.js");
  const [start, lint] = inTurns(COLD_ROUNDS, [
    () => timed(["-e", "0"]),
    () => timed([cli, "lint", corpus]),
  ]) as [number[], number[]];
  console.log("\nthe command");
  print("node -e 0", start);
  print("qtrace lint", lint);
  compare("qtrace lint, by Node's start", lint, start, 6);
}

/** Each of some measurements in turn, again and again: what disturbs the machine disturbs them alike. */
function inTurns(rounds: number, measurements: readonly (() => number)[]): number[][] {
  const results = measurements.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, once] of measurements.entries()) results[index]!.push(once());
  }
  return results;
}

/** The measured code as users get it: bundled, and the CLI as the package has it. */
async function bundle(): Promise<void> {
  mkdirSync(out, { recursive: true });
  await build({
    config: false,
    silent: true,
    entry: { measure: join(repoRoot, "bench", "language", "measure.ts") },
    outDir: join(out, "language"),
    format: "esm",
    target: "node20",
    platform: "node",
    noExternal: ["chevrotain"],
  });
  const tsup = join(repoRoot, "node_modules", "tsup", "dist", "cli-default.js");
  execFileSync(process.execPath, [tsup, "--silent", "--out-dir", join(out, "cli")], {
    cwd: repoRoot,
  });
}

/** The median of what a process of its own tells. */
function measure(how: "warm" | "cold", what: string, files: readonly string[]): number {
  const script = join(out, "language", "measure.js");
  const printed = execFileSync(process.execPath, [script, how, what, ...files], {
    encoding: "utf8",
  });
  return quantile(printed.trim().split("\n").map(Number), 0.5);
}

/** How long a process takes, from its start to its end. */
function timed(args: readonly string[]): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { maxBuffer: 1 << 28 });
  if (status !== 0 && status !== 1) throw new Error(stderr.toString());
  return performance.now() - begin;
}

function print(name: string, times: readonly number[]): void {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(times, part).toFixed(1));
  console.log(`  ${name.padEnd(36)} ${middle!.padStart(7)}   (${low} to ${high})`);
}

function compare(
  name: string,
  times: readonly number[],
  base: readonly number[],
  aim?: number,
): void {
  const ratio = quantile(times, 0.5) / quantile(base, 0.5);
  const wanted =
    aim === undefined ? "" : `   aim: at most ${aim}: ${ratio <= aim ? "met" : "MISSED"}`;
  console.log(`  ${name.padEnd(36)} ${ratio.toFixed(2).padStart(7)}${wanted}`);
}
