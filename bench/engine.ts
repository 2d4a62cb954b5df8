/**
 * What passes a tap, and what goes from our source to our destination, beside bare sockets:
 * `npm run bench -- engine`.
 *
 * Built code, each end a process of its own, on the loopback. What is compared runs in pairs, by
 * turns the one and the other first, so that what else the machine does hits both; the first part of
 * each run warms it up and is not counted. The tap records into memory (/dev/shm where there is
 * one), as the disk is not what is measured. Medians and quartiles, of the pairs' ratios too.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleMeasure } from "./support/bundle-measure.js";
import { quantile } from "./support/quantile.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}.cache/bench-engine`;

interface Message {
  readonly endpoint?: string;
  readonly bytes?: number;
  readonly seconds?: number;
}

/** Two ways for the same bytes, and how much of the one's rate the other should have. */
interface Comparison {
  readonly names: readonly [bare: string, ours: string];
  readonly run: readonly [bare: () => Promise<number>, ours: () => Promise<number>];
  readonly mebibytes: number;
  readonly pairs: number;
  readonly aim: number;
}

/** Measures, and prints the figures beside what is aimed at. */
export async function run(): Promise<void> {
  await bundleMeasure("engine", built);
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "qtrace-bench-"));
  try {
    for (const comparison of comparisons(folder)) await compare(comparison);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function comparisons(folder: string): readonly Comparison[] {
  const sockets = { "127.0.0.1:0": "TCP", [`unix:${join(folder, "%d.sock")}`]: "Unix" };
  const taps = Object.entries(sockets).map(([endpoint, name]): Comparison => {
    const mebibytes = 512;
    return {
      names: [`pipe, ${name}`, `tap, ${name}`],
      run: [
        () => feed(endpoint, mebibytes, "pipe"),
        () => feed(endpoint, mebibytes, "tap", join(folder, "recording")),
      ],
      mebibytes,
      pairs: 15,
      aim: 0.8,
    };
  });
  const endpoint = "127.0.0.1:0";
  const engine: Comparison = {
    names: ["socket, TCP", "engine, TCP"],
    run: [() => feed(endpoint, 512), () => migrate(endpoint, 512)],
    mebibytes: 512,
    pairs: 9,
    aim: 0.4,
  };
  return [...taps, engine];
}

/** One pair first that is not counted; then by turns. */
async function compare({ names, run, mebibytes, pairs, aim }: Comparison): Promise<void> {
  for (const one of run) await one();
  const rates: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const which of pair % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      rates[which].push(await run[which]());
    }
  }
  console.log(`${mebibytes} MiB of ordinary pages, ${pairs} pairs of runs`);
  for (const which of [0, 1] as const) print(names[which], rates[which], "GB/s");
  const [bare, ours] = rates;
  const ratios = ours.map((rate, pair) => rate / bare[pair]!);
  print(`${names[1]}, by the bare`, ratios, `(aim: at least ${aim.toFixed(2)})`);
}

/** Bytes a second of a feed, straight to who takes them or through something that stands between. */
async function feed(
  endpoint: string,
  mebibytes: number,
  between?: string,
  ...more: readonly string[]
): Promise<number> {
  const sink = start("sink", endpoint);
  let to = await endpointOf(sink);
  const ends = [sink];
  if (between) {
    ends.push(start(between, endpoint, to, ...more));
    to = await endpointOf(ends.at(-1)!);
  }
  const measured = nextMessage(sink);
  ends.push(start("feed", to, String(mebibytes)));
  return rateOf(await measured, ends);
}

async function migrate(endpoint: string, mebibytes: number): Promise<number> {
  const destination = start("destination", endpoint, String(mebibytes));
  const to = await endpointOf(destination);
  const measured = nextMessage(destination);
  const source = start("source", to, String(mebibytes));
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

async function endpointOf(end: ChildProcess): Promise<string> {
  return (await nextMessage(end)).endpoint!;
}

async function nextMessage(end: ChildProcess): Promise<Message> {
  const [message] = (await once(end, "message")) as [Message];
  return message;
}

function print(what: string, values: readonly number[], more: string): void {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((at) => quantile(values, at).toFixed(2));
  console.log(`  ${what.padEnd(24)} ${middle} (${low} to ${high}) ${more}`);
}
