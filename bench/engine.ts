/**
 * What passes a tap, and what goes from our source to our destination, beside bare sockets:
 * `npm run bench -- engine`.
 *
 * Built code, each end a process of its own, over TCP on the loopback; the cases in turns, so that
 * what else the machine does hits all of them. The tap records into memory (/dev/shm where there is
 * one), as the disk is not what is measured. Medians and quartiles.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleMeasure } from "./support/bundle-measure.js";
import { quantile } from "./support/quantile.js";

const RUNS = 5;
const MEBIBYTES = 256;
const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}.cache/bench-engine`;

interface Message {
  readonly port?: number;
  readonly bytes?: number;
  readonly seconds?: number;
}

/** Measures, and prints the figures beside what is aimed at. */
export async function run(): Promise<void> {
  await bundleMeasure("engine", built);
  const memory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(memory, "qtrace-bench-"));
  try {
    console.log(`${MEBIBYTES} MiB of ordinary pages over the loopback, ${RUNS} runs each`);
    const rates = await inTurns({
      "bare pipe": () => through("pipe", []),
      tap: () => through("tap", [folder]),
      "bare socket": () => direct(),
      engine: () => migration(),
    });
    for (const [name, values] of Object.entries(rates)) print(name, values);
    console.log(
      `tap, by the pipe       ${ratio(rates.tap!, rates["bare pipe"]!)}      (aim: at least 0.80)`,
    );
    console.log(
      `engine, by the socket  ${ratio(rates.engine!, rates["bare socket"]!)}      (aim: at least 0.40)`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes a second through something that stands between. */
async function through(role: string, more: readonly string[]): Promise<number> {
  const sink = start("sink");
  const between = start(role, String(await portOf(sink)), ...more);
  return feedThrough(sink, await portOf(between), [between]);
}

async function direct(): Promise<number> {
  const sink = start("sink");
  return feedThrough(sink, await portOf(sink), []);
}

async function feedThrough(
  sink: ChildProcess,
  port: number,
  others: readonly ChildProcess[],
): Promise<number> {
  const measured = nextMessage(sink);
  const feed = start("feed", String(port), String(MEBIBYTES));
  return rateOf(await measured, [sink, feed, ...others]);
}

async function migration(): Promise<number> {
  const destination = start("destination", String(MEBIBYTES));
  const port = await portOf(destination);
  const measured = nextMessage(destination);
  const source = start("source", String(port), String(MEBIBYTES));
  return rateOf(await measured, [destination, source]);
}

async function rateOf(
  { bytes = 0, seconds = 1 }: Message,
  ends: readonly ChildProcess[],
): Promise<number> {
  await Promise.all(ends.map((end) => end.exitCode ?? once(end, "exit")));
  return bytes / seconds / 1e9;
}

function start(...args: string[]): ChildProcess {
  return fork(join(built, "measure.js"), args);
}

async function portOf(end: ChildProcess): Promise<number> {
  return (await nextMessage(end)).port!;
}

async function nextMessage(end: ChildProcess): Promise<Message> {
  const [message] = (await once(end, "message")) as [Message];
  return message;
}

/** Runs each case once, then each again, and so on. */
async function inTurns(
  cases: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, number[]>> {
  const results: Record<string, number[]> = {};
  for (let turn = 0; turn < RUNS; turn += 1) {
    for (const [name, body] of Object.entries(cases)) {
      results[name] = [...(results[name] ?? []), await body()];
    }
  }
  return results;
}

/** The median over the turns, as what stands in one turn ran at about the same time. */
function ratio(values: readonly number[], base: readonly number[]): string {
  return quantile(
    values.map((value, turn) => value / base[turn]!),
    0.5,
  ).toFixed(2);
}

function print(what: string, values: readonly number[]): void {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((at) => quantile(values, at).toFixed(2));
  console.log(`${what.padEnd(22)} ${middle} GB/s (${low} to ${high})`);
}
