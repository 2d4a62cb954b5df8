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
import { repoRoot, sharedPath } from "../test/support/tools.js";

const VERSION = "qemu-10.2.2";
const COLD_ROUNDS = 15;
const out = join(repoRoot, ".cache", "bench");

export async function run(): Promise<void> {
  const corpus = sharedPath("corpus", VERSION);
  const files = corpusSources(VERSION).map(({ path }) => join(corpus, path));
  await bundle();
  console.log(`${files.length} files of ${VERSION}; medians, and in brackets the quartiles, in ms`);

  for (const how of ["warm", "cold"] as const) {
    const times = Object.fromEntries(
      ["lines", "bare", "parse", "model", "formats"].map((what) => [
        what,
        measure(how, what, files),
      ]),
    ) as Record<"lines" | "bare" | "parse" | "model" | "formats", number[]>;
    console.log(`\n${how}`);
    print("bytes split into lines", times.lines);
    print("bare chevrotain parse", times.bare);
    print("parse", times.parse);
    print("read and model", times.model);
    print("the same, formats bound too", times.formats);
    compare("read and model, by the bare parse", times.model, times.bare, 2);
    compare("with formats, by the bare parse", times.formats, times.bare);
    compare("read and model, by lines", times.model, times.lines);
  }

  const cli = join(out, "cli", "cli.js");
  const start = timed(["-e", "0"]);
  const lint = timed([cli, "lint", corpus]);
  console.log("\nthe command");
  print("node -e 0", start);
  print("qtrace lint", lint);
  compare("qtrace lint, by Node's start", lint, start, 6);
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

function measure(how: "warm" | "cold", what: string, files: readonly string[]): number[] {
  const script = join(out, "language", "measure.js");
  const once = () =>
    execFileSync(process.execPath, [script, how, what, ...files], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  return how === "warm" ? once() : Array.from({ length: COLD_ROUNDS }, once).flat();
}

/** How long a process takes, from its start to its end. */
function timed(args: readonly string[]): number[] {
  return Array.from({ length: COLD_ROUNDS }, () => {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { maxBuffer: 1 << 28 });
    if (status !== 0 && status !== 1) throw new Error(stderr.toString());
    return performance.now() - begin;
  });
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

function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(part * (sorted.length - 1))]!;
}
