import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AnalysisInput } from "../../src/analysis/analyze.js";
import { readSide } from "../../src/cli/read-side.js";
import type { EventTable } from "../../src/model/event-table.js";
import type { EventRecord } from "../../src/traces/record.js";
import { readItems } from "./recordings.js";

export const SIDES = ["source", "destination"] as const;
export type Side = (typeof SIDES)[number];

/** Both traces of a migration, and the stream's items if it was kept. */
export type MigrationInputs = AnalysisInput & Record<Side, readonly EventRecord[]>;

/** A folder's recording, read as `analyze` reads it. */
export async function readMigration(
  folder: string,
  events: EventTable,
  { stream = true, cut = false } = {},
): Promise<MigrationInputs> {
  const first = (...names: string[]) => names.map((name) => join(folder, name)).find(existsSync);
  const trace = async (side: Side) => {
    const read = await readSide(first(`${side}.simpletrace`, `${side}.log`)!, events, noIo);
    return { records: read.records.map(plain), messages: read.messages };
  };
  const [source, destination] = [await trace("source"), await trace("destination")];
  const channel = stream ? first("stream.bin", "channel0.bin") : undefined;
  const items = channel === undefined ? undefined : await readItems(channel, { cut });
  return {
    ...(items && { items }),
    ...{ source: source.records, sourceMessages: source.messages },
    ...{ destination: destination.records, destinationMessages: destination.messages },
  };
}

const noIo = {
  out: async () => {},
  err: () => {},
  stdin: async function* () {},
  colors: false,
};

/** A record whose properties are its own, so that it can be spread. */
function plain(record: EventRecord): EventRecord {
  const { type, name, event, payload, values, timestamp, pid, offset } = record;
  return { type, name, event, payload, values, timestamp, pid, offset };
}

type Records = readonly EventRecord[];

/** Records by a clock that is ahead by `by` nanoseconds, and faster since a moment by so many ppm. */
export function byClock(records: Records, by: bigint, ppm = 0n, since = 0n): EventRecord[] {
  return records.map((record) => {
    const stretched = ((record.timestamp - since) * ppm) / 1_000_000n;
    return { ...record, timestamp: record.timestamp + by + stretched };
  });
}

/** Records without their timestamps. */
export function untimed(records: Records): EventRecord[] {
  return records.map((record) => ({ ...record, timestamp: 0n }));
}

/** A log to which the second trace was appended: `kept` keeps its times, the other one's are moved. */
export function appended(first: Records, second: Records, kept: "first" | "second"): EventRecord[] {
  const [end, start] = [first.at(-1)!, second[0]!];
  const pause = 1_000_000_000n;
  const by = end.timestamp + pause - start.timestamp;
  const offset = end.offset + 1 - start.offset;
  const before = kept === "first" ? first : ofOtherProcess(byClock(first, -by));
  const behind = kept === "first" ? ofOtherProcess(byClock(second, by)) : second;
  return [...before, ...behind.map((record) => ({ ...record, offset: record.offset + offset }))];
}

/** Some traces show the process or thread. */
function ofOtherProcess(records: Records): EventRecord[] {
  return records.map((record) => ({ ...record, pid: record.pid === 0 ? 0 : record.pid + 100_000 }));
}
