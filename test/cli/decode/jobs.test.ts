import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "../../../grammar/parse.js";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { recordSink } from "../../../src/cli/decode/make-sink.js";
import { putRecords } from "../../../src/cli/decode/put-records.js";
import { main } from "../../../src/cli/main.js";
import { buildModel } from "../../../src/model/build-model.js";
import { EventTable } from "../../../src/model/event-table.js";
import { openTrace } from "../../../src/traces/open-trace.js";
import { runCli } from "../../support/cli.js";
import { TraceMaker } from "../../traces/make-trace.js";
import { madeRecords, madeTrace } from "./made-trace.js";

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
  const sink = recordSink(
    format,
    async (piece) => {
      text += piece;
    },
    () => "monotonic",
  );
  if (thread > 0) await sink.write();
  text = thread > 0 ? "" : text;
  let failure = "";
  const turns = {
    isMine: (block: number) => block % jobs === thread,
    async end(block: number) {
      pieces[block] = text;
      text = "";
    },
  };
  try {
    await putRecords(trace, () => true, sink, turns);
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
  expect((await runCli(["decode", log, "--jobs", "0"])).code).toBe(2);
  expect((await runCli(["decode", log, "--jobs", "2"])).out).toBe("disk_close 1\n");
});
