/**
 * What a tracer costs, beside what else one could call: `npm run bench -- tracers`.
 *
 * Built code is measured (tsx wraps functions), each case in processes of its own, so that none
 * spoils the next one's types. The writers do nothing with what they are given.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "tsup";
import { parse } from "../grammar/parse.js";
import { generate } from "../src/codegen/generate.js";
import { buildModel } from "../src/model/build-model.js";
import { quantile } from "./support/quantile.js";

const TURNS = 5;
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}.cache/bench-tracers`;
const generated = `${root}bench/tracers/generated`;

const cases = [
  "empty function",
  "tracer, off",
  "hand-written DataView writer",
  "tracer, on to simple",
  "tracer, on to memory",
  "tracer, on to log",
  "diagnostics_channel, no subscriber",
  "diagnostics_channel, a subscriber",
  "pino, to a writer that does nothing",
] as const;

/** Measures, prints a table, the ratios that are aimed at, and the size of a bundle. */
export async function run(): Promise<void> {
  generateTen();
  await bundle("measure", `${root}bench/tracers/measure.ts`);
  const times = new Map<string, number[]>(cases.map((name) => [name, []]));
  // In turns, so that a machine that is busy for a while is so for all of them.
  for (let turn = 0; turn < TURNS; turn++) {
    for (const name of cases) times.get(name)!.push(...measure(name));
  }
  console.log(`${"ns per call".padEnd(38)}median   quartiles`);
  for (const name of cases) {
    const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(times.get(name)!, part));
    const median = middle!.toFixed(2).padStart(8);
    console.log(`${name.padEnd(36)}${median}   ${low!.toFixed(2)} to ${high!.toFixed(2)}`);
  }
  printAims((name) => quantile(times.get(name)!, 0.5));
  await printBundleSizes();
}

function printAims(median: (name: (typeof cases)[number]) => number): void {
  const off = median("tracer, off") - median("empty function");
  const simple = median("tracer, on to simple");
  const byHand = simple / median("hand-written DataView writer");
  const pino = simple / median("pino, to a writer that does nothing");
  console.log(`\noff, above an empty function   ${off.toFixed(2)} ns   (aim: 2 at most)`);
  console.log(`simple, by hand-written        ${byHand.toFixed(2)}      (aim: 1.5 at most)`);
  console.log(`simple, by pino                ${pino.toFixed(2)}      (aim: below 0.5)`);
}

/** The group of ten that bench/tracers/trace-events declares, anew, so that it is fresh. */
function generateTen(): void {
  const source = readFileSync(`${root}bench/tracers/trace-events`, "utf8");
  const events = buildModel(parse(source, "bench/tracers/trace-events"), { group: "tracers" });
  for (const [name, text] of generate(events, { runtime: "../../../src/runtime/index.js" })) {
    mkdirSync(generated, { recursive: true });
    writeFileSync(`${generated}/${name}`, text);
  }
}

/** A program that calls one of ten tracers, and one that calls all: what is not called is left out. */
async function printBundleSizes(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  console.log("\nbytes, minified                bundle  gzipped");
  const one = `import { trace_bench_stop } from "${generated}/tracers.js";\ntrace_bench_stop(0);\n`;
  const all = `import { tracersGroup } from "${generated}/tracers.js";\nconsole.log(tracersGroup);\n`;
  const none = `import "${generated}/tracers.js";\n`;
  for (const [name, text] of Object.entries({ none, one, all })) {
    writeFileSync(`${folder}/use-${name}.ts`, text);
    await bundle(`use-${name}`, `${folder}/use-${name}.ts`, true);
    const file = `${folder}/out/use-${name}.js`;
    const zipped = gzipSync(readFileSync(file)).length;
    console.log(
      `ten events, ${name.padEnd(4)} imported${String(statSync(file).size).padStart(13)}${String(zipped).padStart(9)}`,
    );
  }
}

async function bundle(name: string, entry: string, minify = false): Promise<void> {
  await build({
    config: false,
    entry: { [name]: entry },
    outDir: `${folder}/out`,
    format: "esm",
    target: "node20",
    platform: minify ? "neutral" : "node",
    external: ["pino"],
    outExtension: () => ({ js: ".js" }),
    treeshake: true,
    minify,
    silent: true,
  });
}

function measure(name: string): number[] {
  const printed = execFileSync(process.execPath, [`${folder}/out/measure.js`, name]);
  return JSON.parse(printed.toString()) as number[];
}
