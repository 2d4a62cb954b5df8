/** One case of `npm run bench -- account`, in a process of its own: CASE FOLDER → seconds, memory. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFileChunks } from "../../src/cli/files.js";
import { nodeIo } from "../../src/cli/node-io.js";
import { readEvents } from "../../src/cli/read-events.js";
import { readItems } from "../../src/cli/read-items.js";
import {
  type AnalyzedRecording,
  analyzeRecording,
  findRecording,
} from "../../src/cli/recording.js";
import { htmlReport } from "../../src/report/html/html-report.js";
import { openTrace } from "../../src/traces/open-trace.js";

const [name = "", folder = "", events = ""] = process.argv.slice(2);
const io = nodeIo();

/** The records of both traces, one after another, and the items of the stream. */
async function decode(): Promise<void> {
  const { table } = await readEvents([events], undefined, io);
  let records = 0;
  for (const side of ["source", "destination"]) {
    const chunks = readFileChunks(join(folder, `${side}.simpletrace`), io);
    for await (const record of openTrace(chunks, table)) if (record.type === "event") records += 1;
  }
  const { items } = await readItems(join(folder, "stream.bin"), io);
  if (records < 1000 || items.length < 10) throw new Error("there is nothing to decode");
}

async function analyze(keepData = false): Promise<AnalyzedRecording> {
  return analyzeRecording(await findRecording(folder), [events], io, {
    keepData,
    keepAll: keepData,
  });
}

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  decode,
  analyze: () => analyze(),
  html: async () => {
    const { account, evidence } = await analyze(true);
    writeFileSync(join(folder, "account.html"), htmlReport(account, evidence));
  },
};

const begin = process.hrtime.bigint();
await cases[name]!();
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const cpu = (userCPUTime + systemCPUTime) / 1e6;
console.log(JSON.stringify({ seconds, cpu, memory: maxRSS * 1024 }));
