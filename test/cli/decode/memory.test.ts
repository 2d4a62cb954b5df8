/** `decode` of a file beside which its own needs are small: what it held of each record would show. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCli } from "../../support/built-cli.js";
import { makeLongTrace } from "../../support/long-trace.js";
import { measureCli } from "../../support/measured-cli.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { madeTrace } from "./made-trace.js";

const RECORDS = 1_200_000;
/** Megabytes at most; and those that a second thread has of its own. */
const LIMIT = 200;
const THREAD = 80;

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
