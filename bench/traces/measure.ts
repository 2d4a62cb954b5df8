/**
 * One measurement in a process of its own: `node measure.js CASE TRACE EVENTS`. Prints a line of
 * JSON: records, seconds, seconds of CPU, and the process's peak memory in MB.
 */

import { closeSync, createReadStream, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { EventTable } from "../../src/model/event-table.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { TextPrinter } from "../../src/traces/text-printer.js";

const [name = "", trace = "", declarations = ""] = process.argv.slice(2);
const parsed = parse(readFileSync(declarations, "utf8"), declarations);
const events = new EventTable(buildModel(parsed, { group: "all" }));
const BLOCK = 1 << 20;

interface Walked {
  readonly records: number;
  /** Where the first item begins that is not whole. */
  readonly at: number;
}

/** What a reader cannot do without: from length to length, past mappings, to the last whole item. */
function walk(view: DataView, from: number, limit: number): Walked {
  let records = 0;
  let at = from;
  while (at + 28 <= limit) {
    const isMapping = view.getInt32(at, true) === 0;
    const next = isMapping
      ? (at + 20 + view.getInt32(at + 16, true)) | 0
      : (at + 8 + view.getInt32(at + 24, true)) | 0;
    if (next > limit) break;
    if (!isMapping) records++;
    at = next;
  }
  return { records, at };
}

function walkMemory(bytes: Uint8Array): number {
  return walk(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 24, bytes.length)
    .records;
}

/** The bare loop over the file: blocks into one buffer, as a C program would read it. */
function walkFile(): number {
  const bytes = new Uint8Array(2 * BLOCK);
  const view = new DataView(bytes.buffer);
  const file = openSync(trace, "r");
  let records = 0;
  let from = 24;
  let left = 0;
  for (;;) {
    const read = readSync(file, bytes, left, BLOCK, null);
    if (read === 0) break;
    const limit = left + read;
    const walked = walk(view, from, limit);
    records += walked.records;
    bytes.copyWithin(0, walked.at, limit);
    left = limit - walked.at;
    from = 0;
  }
  closeSync(file);
  return records;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

const bytes = name.endsWith("in memory") ? readFileSync(trace) : new Uint8Array(0);

const cases: Readonly<Record<string, () => Promise<number> | number>> = {
  "walk lengths": walkFile,
  "walk lengths, in memory": () => walkMemory(bytes),
  "count by event, in memory": async () => sum(await openTrace(bytes, events).count()),
  createReadStream: async () => {
    let length = 0;
    const chunks = createReadStream(trace, { highWaterMark: BLOCK });
    for await (const chunk of chunks) length += (chunk as Buffer).length;
    return length > 0 ? RECORDS : 0;
  },
  "count by event": async () => sum(await openTrace(trace, events).count()),
  "for await": async () => {
    let records = 0;
    for await (const record of openTrace(trace, events)) {
      if (record.type === "event") records++;
    }
    return records;
  },
  "for await, one argument": async () => {
    let records = 0;
    let odd = 0;
    for await (const record of openTrace(trace, events)) {
      if (record.type !== "event") continue;
      records++;
      if (record.values[0] === 1) odd++;
    }
    return records + 0 * odd;
  },
  text: async () => {
    const printer = new TextPrinter();
    const out = openSync("/dev/null", "w");
    let records = 0;
    await openTrace(trace, events).eachChunk((reader) => {
      while (reader.advance()) {
        printer.print(reader);
        records++;
        if (printer.length > 65536) writeSync(out, printer.take());
      }
      return true;
    });
    writeSync(out, printer.take());
    return records;
  },
};

const RECORDS = Number(process.argv[5] ?? 0);
const run = cases[name];
if (!run) throw new Error(`no case ${name}`);
// What reading the declarations left is not to be swept in the time that is measured.
globalThis.gc?.();
// In memory, first rounds let the compiler see what is done; files are read once, as programs do.
if (name.endsWith("in memory")) for (let round = 0; round < 3; round++) await run();
const begin = performance.now();
const cpuBegin = process.cpuUsage();
const records = await run();
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(cpuBegin);
const cpu = (user + system) / 1e6;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ records, seconds, cpu, megabytes }));
