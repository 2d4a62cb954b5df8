/** `decode` of a file beside which its own needs are small: what it held of each record would show. */

import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCli } from "../../support/built-cli.js";
import { makeLongTrace } from "../../support/long-trace.js";
import { measureCli } from "../../support/measured-cli.js";
import { seededRandom } from "../../support/random.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { TraceMaker } from "../../traces/make-trace.js";
import { madeRecords, madeTrace } from "./made-trace.js";

const RECORDS = 1_200_000;
/** Megabytes at most; and those that a second thread has of its own. */
const LIMIT = 200;
const THREAD = 80;
/** And those that values without end take, until they are collected as garbage. */
const MANY_VALUES = 50;

const folder = mkdtempSync(join(tmpdir(), "qtrace-memory-"));
const trace = join(folder, "trace");
let cli = "";
beforeAll(async () => {
  cli = await buildCli("decode-memory-test");
  makeLongTrace(fixture("microvm-file", "source.simpletrace"), trace, RECORDS);
});
afterAll(() => rmSync(folder, { recursive: true }));

function peak(...options: string[]): number {
  const output = join(folder, options.includes("--per-event") ? "tables" : "output");
  const events = join(repoRoot, "trace-events");
  const args = ["decode", trace, "--events", events, "--output", output, ...options];
  const { megabytes } = measureCli(cli, args);
  expect(statSync(output).size).toBeGreaterThan(0);
  return megabytes;
}

test.each([
  "--format text",
  "--format simpletrace",
  "--format jsonl",
  "--format csv",
  "--format parquet",
  "--format csv --per-event",
  "--format parquet --per-event",
  "--stats",
])("%s", (options) => {
  expect(statSync(trace).size).toBeGreaterThan(60e6);
  expect(peak(...options.split(" "))).toBeLessThan(LIMIT);
});

test.each(["csv", "parquet"])("--format %s --jobs 2", (format) => {
  expect(peak("--format", format, "--jobs", "2")).toBeLessThan(LIMIT + THREAD);
});

/** Arguments of which none comes twice, so that nothing is left out of what a row group holds. */
function makeRandomTrace(file: string, wanted: number): void {
  const random = seededRandom(wanted);
  const word = () => BigInt(random(2 ** 32)) * 2n ** 32n + BigInt(random(2 ** 32));
  writeFileSync(file, madeRecords().take());
  for (let made = 0; made < wanted; ) {
    const maker = new TraceMaker();
    for (const end = made + 50_000; made < end; made++) {
      if (made % 2 === 0) maker.record(8, 15e9 + made, 1, word(), random(2 ** 32), word());
      else maker.record(7, 15e9 + made, 1, `${word()}${word()}${word()}`, random(2 ** 20), 1);
    }
    appendFileSync(file, maker.take());
  }
}

test("--format parquet, of random arguments", () => {
  const made = madeTrace();
  const random = join(made.folder, "random");
  makeRandomTrace(random, 250_000);
  const output = join(made.folder, "output");
  for (const [options, most] of [
    [[], LIMIT],
    [["--per-event"], LIMIT + MANY_VALUES],
    [["--jobs", "2"], LIMIT + THREAD],
  ] as const) {
    rmSync(output, { recursive: true, force: true });
    const all = ["decode", random, "--format", "parquet", "--output", output, ...options];
    expect([options, measureCli(cli, all).megabytes < most]).toEqual([options, true]);
  }
});

/** 128 KiB of zeros are a block of four bytes to zstd (RFC 8878); the trace is a block of its own. */
function packedZeros(bytes: Uint8Array, blocks: number): Buffer {
  const head = (type: number, size: number, last: boolean) => {
    const word = Buffer.alloc(4);
    word.writeUInt32LE(size * 8 + type * 2 + (last ? 1 : 0));
    return word.subarray(0, 3);
  };
  const zeros = Buffer.concat([head(1, 1 << 17, false), Buffer.of(0)]);
  return Buffer.concat([
    Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3),
    head(0, bytes.length, false),
    bytes,
    ...Array<Buffer>(blocks).fill(zeros),
    head(0, 0, true),
  ]);
}

test("zeros behind a trace, in zstd", () => {
  const made = madeTrace();
  const blocks = 4000;
  const packed = join(made.folder, "packed");
  writeFileSync(packed, packedZeros(readFileSync(made.trace), blocks));
  const output = join(made.folder, "output");
  const { megabytes } = measureCli(cli, ["decode", packed, "--output", output]);
  expect(readFileSync(output, "utf8")).toContain(`\n[${blocks * 2 ** 17} zero bytes]\n`);
  expect(megabytes).toBeLessThan(LIMIT);
});
