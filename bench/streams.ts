/**
 * How fast streams are read: `npm run bench -- streams`.
 *
 * Built code is measured, each run in a process of its own, the cases in turns so that what else the
 * machine does hits all of them; the files lie in the system's cache. Medians and quartiles.
 */

import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { RamRecordWriter } from "../src/migration/wire/ram-record-writer.js";
import { StreamReader } from "../src/migration/wire/stream-reader.js";
import { StreamWriter } from "../src/migration/wire/stream-writer.js";
import { sharedPath, tools } from "../test/support/tools.js";
import { bundleMeasure } from "./support/bundle-measure.js";
import { quantile } from "./support/quantile.js";

const RUNS = 5;
const PAGE = 4096;
const GIB = 1024 ** 3;
const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}.cache/bench-streams`;

interface Measured {
  readonly seconds: number;
  /** What the case counted. */
  readonly bytes: number;
  /** Of the file. */
  readonly size: number;
  /** The most that the process took. */
  readonly memory: number;
}

/** Measures, and prints the figures beside what is aimed at. */
export async function run(): Promise<void> {
  await bundle();
  benchItems();
  if (tools.shared === undefined)
    return console.log("\nno shared folder: XBZRLE and state left out");
  benchXbzrle();
  benchState();
  benchCommand();
}

async function bundle(): Promise<void> {
  await build({
    entry: { cli: `${root}src/cli/bin.ts` },
    outDir: `${built}/cli`,
    format: "esm",
    target: "node20",
    platform: "node",
    splitting: true,
    silent: true,
    config: false,
    dts: false,
    noExternal: ["commander", "fflate", "picocolors", "xxhash-wasm"],
    // What other commands may load has native parts.
    external: [/^@/],
    // commander is CommonJS, and requires what Node has.
    banner: {
      js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
  });
  await bundleMeasure("streams", built);
}

function benchItems(): void {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-bench-"));
  try {
    const { bavail, bsize } = statfsSync(folder);
    const size = bavail * bsize > 6 * GIB ? 2 * GIB : GIB / 4;
    const file = join(folder, "stream");
    writeStream(file, size);
    console.log(`a stream of ${(size / GIB).toFixed(2)} GiB of ordinary pages, ${RUNS} runs each`);
    const [read, items] = inTurns([() => measure("read", file), () => measure("items", file)]);
    const rate = (runs: readonly Measured[]) =>
      runs.map(({ seconds, size: s }) => s / seconds / 1e9);
    print("read, nothing touched", rate(read!), "GB/s");
    print("items", rate(items!), "GB/s");
    const share = quantile(rate(items!), 0.5) / quantile(rate(read!), 0.5);
    console.log(`items, by reading      ${share.toFixed(2)}      (aim: at least 0.5)`);
    const memory = Math.max(...items!.map((run) => run.memory)) / 1e6;
    console.log(`memory, at most        ${memory.toFixed(0)} MB   (aim: below 200)`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A whole stream of pages that all differ, written by the project's own writers. */
function writeStream(file: string, size: number): void {
  const handle = openSync(file, "w");
  const writer = new StreamWriter(4 * 1024 * 1024);
  const flush = () => void writeSync(handle, writer.take());
  const pages = Math.floor(size / (PAGE + 8));
  const ram = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 };
  writer
    .header()
    .u8(7)
    .u32(4)
    .bytes(Uint8Array.of(0x6e, 0x6f, 0x6e, 0x65));
  writer.sectionHead({ ...ram, type: "section-start" });
  writer
    .ramBlockList([{ name: "pc.ram", usedLength: pages * PAGE }])
    .u64(0x10)
    .footer(1);
  const records = new RamRecordWriter(writer);
  const page = Uint8Array.from({ length: PAGE }, (_, at) => at % 251);
  const view = new DataView(page.buffer);
  writer.sectionHead({ ...ram, type: "section-part" });
  for (let number = 0; number < pages; number += 1) {
    view.setUint32(0, number);
    records.page("pc.ram", number * PAGE, page);
    if (writer.length > 2 * 1024 * 1024) flush();
    if (number % 8192 < 8191) continue;
    writer
      .u64(0x10)
      .footer(1)
      .sectionHead({ ...ram, type: "section-part" });
  }
  writer
    .u64(0x10)
    .footer(1)
    .sectionHead({ ...ram, type: "section-end" })
    .u64(0x10)
    .footer(1)
    .eof();
  flush();
  closeSync(handle);
}

function benchXbzrle(): void {
  const file = sharedPath("recordings", "pc-9.2-xbzrle", "channel0.bin");
  const [runs] = inTurns([() => measure("xbzrle", file)]);
  console.log(`\nmemory of pc-9.2-xbzrle, 121,481 pages by XBZRLE, ${RUNS} runs`);
  print(
    "pages rebuilt",
    runs!.map(({ bytes, seconds }) => bytes / seconds / 1e9),
    "GB/s",
  );
}

function benchState(): void {
  const file = sharedPath("recordings", "virt-aarch64-file", "stream.bin");
  console.log(`\nstate of virt-aarch64-file as JSON, ${RUNS} runs each`);
  const { python, qemuScripts } = tools;
  const script = qemuScripts && join(qemuScripts, "analyze-migration.py");
  const cases: (() => Pick<Measured, "seconds">)[] = [
    () => measure("warm state", file),
    () => measure("state", file),
  ];
  if (python && script) {
    // The interpreter's start is not the decoder's work: it is taken off.
    const imports = "import json, os, argparse, collections, struct, sys";
    cases.push(
      () => timed(python, [script, "-f", file]),
      () => timed(python, ["-c", imports]),
    );
  }
  const [warm, cold, theirs, start] = inTurns(cases).map((runs) =>
    runs.map(({ seconds }) => seconds * 1e3),
  );
  print("state", warm!, "ms");
  print("state, first time", cold!, "ms");
  if (!theirs || !start) {
    console.log("no analyze-migration.py here to compare with");
    return;
  }
  const own = theirs.map((time) => time - quantile(start, 0.5));
  print("analyze-migration.py", own, "ms");
  const ratio = (times: readonly number[]) =>
    (quantile(own, 0.5) / quantile(times, 0.5)).toFixed(1);
  console.log(`times as fast          ${ratio(warm!)}      (aim: at least 10)`);
  console.log(`the first time         ${ratio(cold!)}`);
}

/**
 * What a user waits for: the whole command against the whole script, from the program's start; of the
 * recording, which has next to no memory, and of the same with its memory sent again and again.
 */
function benchCommand(): void {
  const { python, qemuScripts } = tools;
  if (!python || !qemuScripts) return;
  const script = join(qemuScripts, "analyze-migration.py");
  const recording = sharedPath("recordings", "virt-aarch64-file", "stream.bin");
  const folder = mkdtempSync(join(tmpdir(), "qtrace-bench-"));
  try {
    const large = join(folder, "stream");
    writeWithPages(recording, large, GIB / 2);
    for (const file of [recording, large]) {
      const size = (statSync(file).size / 1e6).toFixed(1);
      console.log(
        `\n\`stream state FILE --format qemu\` as a command, ${size} MB, ${RUNS} runs each`,
      );
      const command = [join(built, "cli", "cli.js"), "stream", "state", file, "--format", "qemu"];
      const [own, node, theirs, interpreter] = inTurns([
        () => timed(process.execPath, command),
        () => timed(process.execPath, ["-e", "0"]),
        () => timed(python, [script, "-f", file]),
        () => timed(python, ["-c", "0"]),
      ]).map((runs) => runs.map(({ seconds }) => seconds * 1e3));
      print("qtrace", own!, "ms");
      print("of it, Node's start", node!, "ms");
      print("analyze-migration.py", theirs!, "ms");
      print("of it, Python's start", interpreter!, "ms");
      const ratio = quantile(theirs!, 0.5) / quantile(own!, 0.5);
      console.log(`times as fast          ${ratio.toFixed(2)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A stream with so many bytes of pages more, in front of the END of `ram`. */
function writeWithPages(from: string, to: string, bytes: number): void {
  const stream = new Uint8Array(readFileSync(from));
  const reader = new StreamReader();
  reader.append(stream);
  reader.end();
  let [place, block] = [0, ""];
  for (let item = reader.next(); item && place === 0; item = reader.next()) {
    if (item.type === "section-start") block = item.blocks?.[0]?.name ?? "";
    if (item.type === "section-end") place = item.offset;
  }
  const handle = openSync(to, "w");
  writeSync(handle, stream, 0, place);
  const writer = new StreamWriter(4 * 1024 * 1024);
  const records = new RamRecordWriter(writer);
  const page = Uint8Array.from({ length: PAGE }, (_, at) => at % 251);
  const part = {
    type: "section-part",
    sectionId: 1,
    idstr: "ram",
    instanceId: 0,
    version: 4,
  } as const;
  for (let number = 0; number < bytes / PAGE; number += 1024) {
    writer.sectionHead(part);
    for (let at = 0; at < 1024; at += 1) records.page(block, at * PAGE, page);
    records.endOfSection();
    writeSync(handle, writer.footer(1).take());
  }
  writeSync(handle, stream, place);
  closeSync(handle);
}

function timed(program: string, args: readonly string[]): Pick<Measured, "seconds"> {
  const begin = process.hrtime.bigint();
  execFileSync(program, args, { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 27 });
  return { seconds: Number(process.hrtime.bigint() - begin) / 1e9 };
}

function measure(name: string, file: string): Measured {
  const args = [join(built, "measure.js"), name, file];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
}

/** Runs each case once, then each again, and so on. */
function inTurns<T>(cases: readonly (() => T)[]): T[][] {
  const results: T[][] = cases.map(() => []);
  for (let turn = 0; turn < RUNS; turn += 1) {
    for (const [index, body] of cases.entries()) results[index]!.push(body());
  }
  return results;
}

function print(what: string, values: readonly number[], unit: string): void {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((at) => quantile(values, at).toFixed(2));
  console.log(`${what.padEnd(22)} ${middle} ${unit}   (${low} to ${high})`);
}
