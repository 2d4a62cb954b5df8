import { execFileSync } from "node:child_process";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetMetadata } from "hyparquet";
import { expect, test } from "vitest";
import { parse } from "../../../grammar/parse.js";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { countJobs, type JobOptions } from "../../../src/cli/decode/count-jobs.js";
import { recordSink } from "../../../src/cli/decode/make-sink.js";
import { putRecords } from "../../../src/cli/decode/put-records.js";
import { buildModel } from "../../../src/model/build-model.js";
import { EventTable } from "../../../src/model/event-table.js";
import { openTrace } from "../../../src/traces/open-trace.js";
import { buildMain } from "../../support/built-cli.js";
import { runCli as runCliWith } from "../../support/cli.js";
import { TraceMaker } from "../../traces/make-trace.js";
import { madeRecords, madeTrace } from "./made-trace.js";

const main = await buildMain("jobs-test");
const runCli = (args: readonly string[]) => runCliWith(args, "", main);

const { folder } = madeTrace();
const declarations = join(folder, "trace-events");
const parsed = parse(readFileSync(declarations, "utf8"), declarations);
const events = new EventTable(buildModel(parsed, { group: "all" }));
const formats = ["text", "simpletrace", "jsonl", "csv"] as const;
const BLOCK = 256;

const some = new TraceMaker()
  .record(8, 15e9, 1, -4096, 512, 0x7f00_0000_1000n)
  .record(7, 16e9, 2, "a file of a longer name", 5, 1)
  .record(9, 17e9, 1, -3)
  .take();

function repeated(times: number): Buffer {
  return Buffer.concat([madeRecords().take(), ...Array<Uint8Array>(times).fill(some)]);
}

function* blocks(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += BLOCK) yield bytes.subarray(at, at + BLOCK);
}

/** What one of so many threads prints, by block, and what it says of the trace. */
async function printed(
  bytes: Uint8Array,
  format: (typeof formats)[number],
  jobs: number,
  thread: number,
) {
  const trace = openTrace(blocks(bytes), events);
  const pieces: string[] = [];
  let text = "";
  const turns = {
    isMine: (block: number) => block % jobs === thread,
    async end(block: number) {
      pieces[block] = text;
      text = "";
    },
  };
  const sink = recordSink(
    format,
    async (piece) => {
      text += piece;
    },
    () => "monotonic",
    turns,
  );
  if (thread > 0) await sink.write();
  text = thread > 0 ? "" : text;
  let failure = "";
  try {
    await putRecords(trace, () => true, sink);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    failure = error.message;
  }
  return { pieces, told: { failure, damage: [...trace.damage.counts] } };
}

async function expectSame(bytes: Uint8Array, format: (typeof formats)[number]) {
  const alone = await printed(bytes, format, 1, 0);
  const threads = await Promise.all([0, 1, 2].map((thread) => printed(bytes, format, 3, thread)));
  for (const { told } of threads) expect(told).toEqual(alone.told);
  const joined = alone.pieces.map((_, block) => threads[block % 3]!.pieces[block]);
  expect(joined.join("")).toBe(alone.pieces.join(""));
}

test.each(formats)(
  "threads in turns print %s as one does, wherever it is damaged",
  async (format) => {
    const whole = repeated(20);
    await expectSame(whole, format);
    for (let at = 24; at < whole.length; at += 37) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0xff;
      await expectSame(flipped, format);
      await expectSame(whole.subarray(0, at), format);
      await expectSame(Buffer.from(whole).fill(0, at, Math.min(at + 600, whole.length)), format);
    }
  },
);

test.each(formats)("--jobs 3 prints %s as one thread does", async (format) => {
  const bytes = repeated(20_000);
  expect(bytes.length).toBeGreaterThan(3 << 20);
  // Garbage and zeros over the ends of blocks, and a cut end.
  bytes.fill(0xa5, (1 << 20) - 300, (1 << 20) + 500).fill(0, (2 << 20) - 90, (2 << 20) + 90);
  const file = join(folder, "large");
  writeFileSync(file, bytes.subarray(0, -7));
  const selected = [
    "decode",
    file,
    "--format",
    format,
    "--since",
    "1s",
    "--event",
    "disk_read",
    "disk_close",
  ];
  const one = await runCli(selected);
  expect(one.code).toBe(1);
  expect(one.out.length).toBeGreaterThan(1 << 20);
  expect(await runCli([...selected, "--jobs", "3"])).toEqual(one);
});

/** The bytes of a Parquet file that so many threads write, and what is said of the trace. */
async function parquetOf(trace: string, jobs: number, ...selected: string[]) {
  const output = join(folder, `of-${jobs}.parquet`);
  const options = ["--format", "parquet", "--output", output, "--jobs", String(jobs), ...selected];
  const { code, err } = await runCli(["decode", trace, ...options]);
  return { code, err, bytes: readFileSync(output) };
}

const damaged = repeated(90_000);
damaged.fill(0xa5, (5 << 20) - 300, (5 << 20) + 500).fill(0, (7 << 20) - 90, (7 << 20) + 90);
const long = Array.from({ length: 600 }, (_, index) =>
  new TraceMaker().record(7, 15e9, index, "x".repeat(30_000 + index), 5, 1).take(),
);

test.each<[string, Uint8Array, number, string[]]>([
  ["many rows, damaged and cut", damaged.subarray(0, -7), 3, ["--since", "1s"]],
  ["long rows", Buffer.concat([madeRecords().take(), ...long]), 3, []],
  ["fewer row groups than threads", repeated(10), 1, []],
  ["no row", repeated(10), 0, ["--pid", "77"]],
])(
  "--jobs 3 makes the Parquet file that one thread does: %s",
  async (_, bytes, groups, selected) => {
    const file = join(folder, "for-parquet");
    writeFileSync(file, bytes);
    const one = await parquetOf(file, 1, ...selected);
    const three = await parquetOf(file, 3, ...selected);
    const { buffer, byteOffset, length } = one.bytes;
    const metadata = parquetMetadata(buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer);
    expect(metadata.row_groups.length).toBe(groups);
    expect({ ...three, bytes: three.bytes.equals(one.bytes) }).toEqual({ ...one, bytes: true });
  },
);

test("threads share what is put into one file, not tables or statistics", async () => {
  const file = join(folder, "shared");
  writeFileSync(file, madeRecords().take());
  const shared = async (options: Omit<JobOptions, "jobs">) =>
    (await countJobs(file, { ...options, jobs: 3 })).jobs;
  for (const format of [...formats, "parquet"] as const) expect(await shared({ format })).toBe(3);
  expect(await shared({ format: "parquet", perEvent: true })).toBe(1);
  expect(await shared({ format: "csv", stats: true })).toBe(1);
  expect(await shared({ format: "csv", follow: true })).toBe(1);
});

test("a named pipe is read once, whatever --jobs says", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [result] = await Promise.all([
    runCli(["decode", pipe, "--jobs", "2"]),
    writeFile(pipe, madeRecords().take()),
  ]);
  expect(result).toMatchObject({ code: 0, out: expect.stringMatching(/\ndisk_close -3\n$/) });
});

test("options that do not go together end the threads too", async () => {
  const file = join(folder, "overwritten");
  writeFileSync(file, madeRecords().take());
  const { code, err } = await runCli(["decode", file, "--jobs", "2", "--output", file]);
  expect({ code, line: err.split("\n").at(-2) }).toEqual({
    code: 2,
    line: `qtrace: --output ${file}: is an input, which would be overwritten; choose another output`,
  });
});

test.each(["1", "2", "3"])("a file that is cut while %s threads read it", async (jobs) => {
  const bytes = repeated(100_000);
  expect(bytes.length).toBeGreaterThan(14 << 20);
  const file = join(folder, "cut");
  writeFileSync(file, bytes);
  const whole = (await runCli(["decode", file])).out;
  const pieces: Buffer[] = [];
  let err = "";
  const code = await main(["decode", file, "--jobs", jobs], {
    async out(piece) {
      if (pieces.length === 0) truncateSync(file, (5 << 20) + 1);
      pieces.push(Buffer.from(piece));
    },
    err: (text) => {
      err += text;
    },
    stdin: async function* () {},
    colors: false,
  });
  expect(code).toBe(1);
  expect(err.split("\n").at(-2)).toMatch(
    jobs === "1" ? /: cut short: .* at byte 0x4fff\w\w$/ : /: became shorter while it was read$/,
  );
  const out = Buffer.concat(pieces).toString();
  expect(out.length).toBeGreaterThan(1 << 20);
  expect(whole.startsWith(out)).toBe(true);
});

test("what is no number of threads is refused; elsewhere than in simpletrace it changes nothing", async () => {
  const log = join(folder, "log");
  writeFileSync(log, "disk_close 1\n");
  for (const jobs of ["0", "65", "", "1e1", "2.5", "two"])
    expect((await runCli(["decode", log, `--jobs=${jobs}`])).code).toBe(2);
  expect((await runCli(["decode", log, "--jobs", "2"])).out).toBe("disk_close 1\n");
});
