/** `npm run fuzz -- READER --runs N [--seed S]`: a long run of one reader's inputs, or of all. */

import { parseArgs } from "node:util";
import { again, type FuzzResult, fuzz } from "./fuzz.js";
import { readers } from "./readers.js";

const usage = `usage: npm run fuzz -- READER [--runs N] [--seed S] [--input I]

READER is all, or one of ${readers.map(({ name }) => name).join(", ")}.

  --runs N   how many inputs to try (default: 2000)
  --seed S   which inputs (default: 1)
  --input I  only the input of this number
`;

const options = {
  runs: { type: "string" },
  seed: { type: "string" },
  input: { type: "string" },
} as const;

async function main(): Promise<number> {
  const { values, positionals } = parse();
  const chosen = readers.filter(
    ({ name }) => positionals.includes(name) || positionals[0] === "all",
  );
  const numbers = [values.runs ?? "2000", values.seed ?? "1", values.input ?? "0"].map(Number);
  const [runs, seed, input] = numbers as [number, number, number];
  if (chosen.length === 0 || positionals.length > 1 || !numbers.every(Number.isSafeInteger)) {
    throw new TypeError("give a reader, and whole numbers");
  }
  const range = values.input === undefined ? { from: 0, to: runs } : { from: input, to: input + 1 };
  let failed = false;
  for (const reader of chosen) {
    const result = await fuzz(reader, { seed, ...range });
    console.log(lineOf(result));
    for (const { input, message, files } of result.failures) {
      failed = true;
      console.log(`\ninput ${input}: ${message}`);
      console.log(`saved as ${files.join(", ")}\ntry it again: ${again(reader, seed, input)}\n`);
    }
  }
  return failed ? 1 : 0;
}

function parse() {
  return parseArgs({ allowPositionals: true, options });
}

function lineOf({ reader, runs, accepted, rejected, slowest, peakMemory }: FuzzResult): string {
  const cpu = `${slowest.cpu.toFixed(3)} s of CPU at most (input ${slowest.input})`;
  const memory = `${(peakMemory / 1e6).toFixed(0)} MB of memory at most`;
  return `${reader}: ${runs} inputs, ${accepted} accepted, ${rejected} rejected, ${cpu}, ${memory}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
