/** One case of `bench/fleet.ts` in a process of its own; prints what it took as JSON. */

import { openDataSet } from "../../src/cli/fleet/data-set.js";
import { openDuckdb } from "../../src/cli/fleet/duckdb-session.js";
import { EventTables } from "../../src/cli/fleet/event-tables.js";
import { findRecordings } from "../../src/cli/fleet/find-recordings.js";
import type { Io } from "../../src/cli/io.js";
import { main } from "../../src/cli/main.js";
import { findRecording, joinRecording } from "../../src/cli/recording.js";
import { type View, views } from "../../src/fleet/views.js";

const io: Io = {
  out: async () => {},
  err: (text) => void process.stderr.write(text),
  stdin: async function* () {},
  colors: false,
};

const [name, folder = "", output = "", events = "", jobs = "1"] = process.argv.slice(2);
const run = { analyze, export: exportAll, views: askViews }[name as "analyze" | "export" | "views"];
const begin = performance.now();
const told = await run();
const { user, system } = process.cpuUsage();
const { maxRSS } = process.resourceUsage();
const seconds = (performance.now() - begin) / 1e3;
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, memory: maxRSS * 1024, told }));

/** Reads all recordings and joins them, one after another, and keeps nothing. */
async function analyze(): Promise<void> {
  const tables = new EventTables([events], io);
  for (const found of (await findRecordings([folder])).folders) {
    const files = await findRecording(found);
    await tables.best(files, (table) => joinRecording(files, table, io));
  }
}

async function exportAll(): Promise<void> {
  const args = ["export", folder, "--events", events, "--output", output, "--jobs", jobs];
  if ((await main(args, io)) !== 0) throw new Error("the export failed");
}

/** Seconds of each view, asked for all of its rows, DuckDB being open: by the clock, and of all cores. */
async function askViews(): Promise<Readonly<Record<string, number>>> {
  const { connection, close } = await openDuckdb(await openDataSet(folder));
  const times: Record<string, number> = {};
  for (const [view, { parameters }] of Object.entries(views as Record<string, View>)) {
    const start = performance.now();
    const before = process.cpuUsage();
    const arguments_ = parameters ? "('10.0.2', '10.2.2')" : "";
    await connection.runAndReadAll(`SELECT * FROM ${view}${arguments_}`);
    const used = process.cpuUsage(before);
    times[view] = (performance.now() - start) / 1e3;
    times[`${view} cpu`] = (used.user + used.system) / 1e6;
  }
  await close();
  return times;
}
