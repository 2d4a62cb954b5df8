/**
 * What the account of a large migration costs: `npm run bench -- account`.
 *
 * A migration of a million events and 10,000 sections is made by the project's own writers, the same
 * at each run. Built code is measured, each run in a process of its own, the cases in turns. Its page
 * is opened in Chromium where there is one.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { found } from "../test/support/programs.js";
import { makeMigration } from "./account/make-migration.js";
import { bundleMeasure } from "./support/bundle-measure.js";
import { quantile } from "./support/quantile.js";

const RUNS = Number(process.env.ROUNDS ?? 5);
const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}.cache/bench-account`;
const CASES = ["decode", "analyze", "html"] as const;

interface Measured {
  readonly seconds: number;
  /** Seconds of all cores. */
  readonly cpu: number;
  readonly memory: number;
}

/** Measures, and prints the figures beside what is aimed at. */
export async function run(): Promise<void> {
  await bundleMeasure("account", built);
  const folder = mkdtempSync(join(tmpdir(), "qtrace-bench-"));
  try {
    const events = makeMigration(folder);
    console.log(
      `${events.toLocaleString("en")} events, 10,000 sections; ${RUNS} runs of each case`,
    );
    const [decode, analyze, html] = measureInTurns(folder);
    print("decode", decode!);
    print("analyze", analyze!);
    print("analyze, and the page", html!);
    const ratio = ratios(analyze!, decode!);
    console.log(`analyze, by decoding   ${ratio}   (aim: below 2)`);
    const memory = Math.max(...[...analyze!, ...html!].map((run) => run.memory)) / 1e6;
    console.log(`memory, at most        ${memory.toFixed(0)} MB   (aim: below 500)`);
    const page = join(folder, "account.html");
    console.log(
      `the page               ${(statSync(page).size / 1e6).toFixed(1)} MB   (aim: below 5)`,
    );
    await drawPage(page);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs each case once, then each again, and so on. */
function measureInTurns(folder: string): Measured[][] {
  const results: Measured[][] = CASES.map(() => []);
  for (let turn = 0; turn < RUNS; turn += 1) {
    for (const [index, name] of CASES.entries()) results[index]!.push(measure(name, folder));
  }
  return results;
}

function measure(name: string, folder: string): Measured {
  const args = [join(built, "measure.js"), name, folder, join(root, "trace-events")];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
}

/** Milliseconds until the page's script had run and its picture was on the screen, by the browser's clock. */
const DRAWN = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const entries = [...performance.getEntriesByType("paint"), ...performance.getEntriesByType("navigation")];
  resolve(Math.max(...entries.map((entry) => entry.domComplete ?? entry.startTime)));
})))`;

async function drawPage(file: string): Promise<void> {
  if (!found.chromium) return console.log("no chromium: the page was not drawn");
  const browser = await chromium.launch({ executablePath: found.chromium, args: ["--no-sandbox"] });
  try {
    const times: number[] = [];
    for (let turn = 0; turn < RUNS; turn += 1) {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("#canvas[data-drawn]");
      times.push(Number(await page.evaluate(DRAWN)));
      await page.close();
    }
    console.log(`the page, drawn in     ${spread(times, 0)} ms   (aim: below 2,000)`);
  } finally {
    await browser.close();
  }
}

function print(what: string, runs: readonly Measured[]): void {
  const cpu = spread(runs.map((run) => run.cpu));
  console.log(`${what.padEnd(22)} ${spread(runs.map((run) => run.seconds))} s; CPU ${cpu} s`);
}

/** Of CPU time, run by run: what else the machine does hits it less than the time of day. */
function ratios(of: readonly Measured[], by: readonly Measured[]): string {
  return spread(of.map(({ cpu }, index) => cpu / by[index]!.cpu));
}

/** The median and the quartiles. */
function spread(values: readonly number[], digits = 2): string {
  const at = (part: number) => quantile(values, part).toFixed(digits);
  return `${at(0.5)} (${at(0.25)} to ${at(0.75)})`;
}
