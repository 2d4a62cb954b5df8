/**
 * One measurement in a process of its own: `node measure.js CASE TRACE EVENTS`. Prints a line of
 * JSON: records, seconds, and the process's peak memory in MB.
 */

import { createReadStream, openSync, readFileSync, writeSync } from "node:fs";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { EventTable } from "../../src/model/event-table.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { TextPrinter } from "../../src/traces/text-printer.js";

const [name = "", trace = "", declarations = ""] = process.argv.slice(2);
const parsed = parse(readFileSync(declarations, "utf8"), declarations);
const events = new EventTable(buildModel(parsed, { group: "all" }));
const BLOCK = Number(process.env.BLOCK ?? 1 << 18);
const chunks = () => createReadStream(trace, { highWaterMark: BLOCK });

/** What a reader cannot do without: from length to length. */
function walk(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = bytes.length;
  let records = 0;
  for (let at = 24; at + 20 <= limit; ) {
    if (view.getUint32(at, true) === 0) {
      at += 20 + view.getUint32(at + 16, true);
      continue;
    }
    at += 8 + view.getUint32(at + 24, true);
    records++;
  }
  return records;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

const bytes = name.endsWith("in memory") ? readFileSync(trace) : new Uint8Array(0);

const cases: Readonly<Record<string, () => Promise<number> | number>> = {
  "walk lengths, in memory": () => walk(bytes),
  "count by event, in memory": async () => sum(await openTrace(bytes, events).count()),
  "read the file": async () => {
    let length = 0;
    for await (const chunk of chunks()) length += (chunk as Buffer).length;
    return length > 0 ? RECORDS : 0;
  },
  "count by event": async () => sum(await openTrace(chunks(), events).count()),
  "for await": async () => {
    let records = 0;
    for await (const record of openTrace(chunks(), events)) {
      if (record.type === "event") records++;
    }
    return records;
  },
  "for await, one argument": async () => {
    let records = 0;
    let odd = 0;
    for await (const record of openTrace(chunks(), events)) {
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
    await openTrace(chunks(), events).eachChunk((reader) => {
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
// In memory a first round lets the compiler see what is done; files are read once, as programs do.
if (name.endsWith("in memory")) await run();
const begin = performance.now();
const records = await run();
const seconds = (performance.now() - begin) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ records, seconds, megabytes }));
