import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../support/random.js";
import type { FuzzInput, FuzzReader, Verdict } from "./fuzz-reader.js";
import { shrink } from "./shrink.js";
import { watch } from "./watchdog.js";

/** What no input may exceed, in seconds of CPU and in bytes that the process has. */
const MAX_CPU = 2;
const MAX_MEMORY = 500_000_000;

/** So many kinds of failures end a run. */
const MAX_KINDS = 10;

/** Which inputs are to be tried. */
export interface FuzzRun {
  readonly seed: number;
  /** Numbers of the first input, and of the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** An input that a reader failed at. */
export interface FuzzFailure {
  readonly input: number;
  readonly message: string;
  /** Where the input was saved, as small as it could be made. */
  readonly files: readonly string[];
}

/** What came of a run. */
export interface FuzzResult {
  readonly reader: string;
  readonly runs: number;
  readonly accepted: number;
  readonly rejected: number;
  /** The input that took most, and its seconds of CPU. */
  readonly slowest: { readonly input: number; readonly cpu: number };
  /** The most memory that the process had, in bytes. */
  readonly peakMemory: number;
  /** One for each kind. */
  readonly failures: readonly FuzzFailure[];
}

/** Tries inputs, each made of nothing but the seed and its number. */
export async function fuzz(reader: FuzzReader, { seed, from, to }: FuzzRun): Promise<FuzzResult> {
  const counts = { accepted: 0, rejected: 0 };
  const failures = new Map<string, FuzzFailure>();
  let slowest = { input: from, cpu: 0 };
  const fail = (input: number, kind: string, message: string, parts: FuzzInput) => {
    if (failures.has(kind)) return;
    failures.set(kind, { input, message, files: save(reader.name, seed, input, parts) });
  };
  const watchdog = watch((input) => `${reader.name} does not end: ${again(reader, seed, input)}`);
  try {
    for (let input = from; input < to && failures.size < MAX_KINDS; input += 1) {
      watchdog.startOf(input);
      const parts = reader.make(randomOf(seed, input));
      const before = memoryPeak();
      const tried = await tryInput(reader, seed, input, parts);
      if (tried.cpu > slowest.cpu) slowest = { input, cpu: tried.cpu };
      if (tried.verdict) counts[tried.verdict] += 1;
      else {
        const kind = kindOf(tried.error);
        if (failures.has(kind)) continue;
        const small = await shrink(parts, async (smaller) => {
          watchdog.startOf(input);
          const again = await tryInput(reader, seed, input, smaller);
          return again.verdict === undefined && kindOf(again.error) === kind;
        });
        fail(input, kind, textOf(tried.error), small);
      }
      if (tried.cpu > MAX_CPU) fail(input, "CPU", `${tried.cpu.toFixed(1)} s of CPU`, parts);
      const memory = memoryPeak();
      if (memory > MAX_MEMORY && memory > before) {
        fail(input, "memory", `${(memory / 1e6).toFixed(0)} MB of memory`, parts);
      }
    }
  } finally {
    watchdog.stop();
  }
  const runs = counts.accepted + counts.rejected;
  const found = [...failures.values()];
  return {
    reader: reader.name,
    runs,
    ...counts,
    slowest,
    peakMemory: memoryPeak(),
    failures: found,
  };
}

/** The command line that tries an input again. */
export function again({ name }: FuzzReader, seed: number, input: number | "#"): string {
  return `npm run fuzz -- ${name} --seed ${seed} --input ${input}`;
}

async function tryInput(reader: FuzzReader, seed: number, input: number, parts: FuzzInput) {
  const start = process.cpuUsage();
  let verdict: Verdict | undefined;
  let error: unknown;
  try {
    verdict = await reader.read(parts, randomOf(seed, input + 0.5));
  } catch (thrown) {
    error = thrown;
  }
  const { user, system } = process.cpuUsage(start);
  return { verdict, error, cpu: (user + system) / 1e6 };
}

/** Separate random numbers for each input, so that one can be made without those before it. */
function randomOf(seed: number, input: number) {
  const mixed = Math.imul(seed, 0x9e37_79b1) ^ Math.imul(2 * input + 1, 0x85eb_ca6b);
  return seededRandom(mixed ^ (mixed >>> 13));
}

function memoryPeak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** Failures are of one kind that are thrown at one place with one message, but for numbers and names. */
function kindOf(error: unknown): string {
  const [message = "", ...stack] = textOf(error).split("\n");
  const place = stack.find((line) => line.includes("at "))?.trim() ?? "";
  return `${message.replaceAll(/".*?"|'.*?'|[0-9a-f]*\d[0-9a-f]*/g, "#").slice(0, 80)} ${place}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function save(reader: string, seed: number, input: number, parts: FuzzInput): string[] {
  const folder = mkdtempSync(join(tmpdir(), `qtrace-fuzz-${reader}-${seed}-${input}-`));
  return Object.entries(parts).map(([name, bytes]) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  });
}
