import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../support/cli.js";
import { pick, type Random } from "../../support/random.js";
import { fixture, readBytes } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { BrokenPromise, type FuzzInput, type FuzzReader } from "../fuzz-reader.js";
import { mutateBytes, type Seed } from "../mutate-bytes.js";
import { seedOf, streamSeeds } from "../stream-seeds.js";

/** The files of a recording by name. */
type RecordingSeed = Readonly<Record<string, Seed>>;

const file = (...path: string[]): Seed => ({ bytes: readBytes(fixture(...path)) });
const text = (value: string): Seed => ({ bytes: new TextEncoder().encode(value) });

/** When chunks passed a tap. */
const times = text("0 1795404367671876000\n100 1795404367672876000\n2000 1795404367681876000\n");

const whole: RecordingSeed = {
  "stream.bin": seedOf(readBytes(fixture("microvm-file", "stream.bin"))),
  "source.simpletrace": file("microvm-file", "source.simpletrace"),
  "destination.simpletrace": file("microvm-file", "destination.simpletrace"),
  "recording.json": file("microvm-file", "recording.json"),
};
const precopy: RecordingSeed = {
  "channel0.bin": streamSeeds.precopy,
  "channel0.times": times,
  "source.log": startAndEnd(file("small-set-precopy", "source.log")),
  "destination.log": startAndEnd(file("small-set-precopy", "destination.log")),
};
const postcopy: RecordingSeed = {
  "channel0.bin": streamSeeds.postcopy,
  "channel0.resumed1.bin": streamSeeds.resumed,
  "source.log": file("postcopy-recovery", "preempt-source.log"),
  "destination.log": file("postcopy-recovery", "preempt-destination.log"),
};
/** The whole one takes ten times as long as the others. */
const seeds = [whole, precopy, precopy, precopy, postcopy, postcopy, postcopy];

/** The lines of the first and the last 3,000 bytes. */
function startAndEnd({ bytes }: Seed): Seed {
  const [start, end] = [
    bytes.lastIndexOf(0x0a, 3000) + 1,
    bytes.indexOf(0x0a, bytes.length - 3000) + 1,
  ];
  return { bytes: new Uint8Array(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])) };
}

const declarations = join(repoRoot, "trace-events");
const FORMATS = ["text", "json", "json", "perfetto", "html"];

/** A recording with one of its files damaged, or all of them, or one of them missing. */
function make(random: Random): FuzzInput {
  const recording = pick(random, seeds);
  const names = Object.keys(recording);
  const damaged = random(3) === 0 ? names : [pick(random, names)];
  const missing = random(6) === 0 ? pick(random, names) : undefined;
  const others = names.map((name) => recording[name]!);
  return Object.fromEntries(
    names
      .filter((name) => name !== missing)
      .map((name) => {
        const seed = recording[name]!;
        return [name, damaged.includes(name) ? mutateBytes(random, seed, others) : seed.bytes];
      }),
  );
}

/** One for all inputs: to make one takes as long as to read it. */
let folder: string | undefined;

function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "qtrace-fuzz-recording-"));
  process.once("exit", () => rmSync(made, { recursive: true }));
  return made;
}

/** `qtrace analyze` of the folder of a recording: one line for each error, and a documented code. */
export const recordingFuzzer: FuzzReader = {
  name: "recording",
  make,
  async read(input, random) {
    folder ??= newFolder();
    for (const name of readdirSync(folder)) if (!(name in input)) rmSync(join(folder, name));
    for (const [name, bytes] of Object.entries(input)) writeFileSync(join(folder, name), bytes);
    const format = pick(random, FORMATS);
    const args = ["analyze", folder, "--events", declarations, "--format", format];
    const { code, out, err } = await runCli(args);
    const internal = err.indexOf("internal error: ");
    if (internal >= 0) throw new BrokenPromise(err.slice(internal));
    if (![0, 1, 2].includes(code)) throw new BrokenPromise(`exit code ${code}`);
    if (code > 0 && err === "" && out === "") throw new BrokenPromise("no word of what is wrong");
    if (code < 2 && format === "json") JSON.parse(out);
    return code === 2 ? "rejected" : "accepted";
  },
};
