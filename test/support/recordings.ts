import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "../../grammar/parse.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { bytesAsRandomAccess } from "../../src/migration/wire/random-access.js";
import { readStream } from "../../src/migration/wire/read-stream.js";
import type { StreamItem } from "../../src/migration/wire/stream-item.js";
import { buildModel } from "../../src/model/build-model.js";
import { EventTable } from "../../src/model/event-table.js";
import { groupName } from "../../src/model/group-name.js";
import { AnyTraceReader } from "../../src/traces/any-reader.js";
import type { EventRecord } from "../../src/traces/record.js";
import { SimpletraceReader } from "../../src/traces/simpletrace-reader.js";
import type { TraceReader } from "../../src/traces/trace-reader.js";
import { repoRoot } from "./repo-root.js";

/** A fixture's path. */
export function fixture(...parts: string[]): string {
  return join(repoRoot, "test", "fixtures", ...parts);
}

/** The events that a trace-events file, or every one below a folder, declares. */
export function eventTable(path: string): EventTable {
  if (statSync(path).isFile()) return new EventTable(eventsOf(path, "all"));
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)trace-events$/.test(file) && statSync(join(path, file)).isFile())
    .sort();
  return new EventTable(files.flatMap((file) => eventsOf(join(path, file), groupName(file))));
}

function eventsOf(path: string, group: string) {
  return buildModel(parse(readFileSync(path, "utf8"), path), { group });
}

/** The project's own events. */
export const ownEvents = eventTable(join(repoRoot, "trace-events"));

/** All event records of a simpletrace file. */
export function readRecords(path: string, events: EventTable): EventRecord[] {
  return recordsOf(new SimpletraceReader(events), path);
}

/** All event records of a log. */
export function readLog(path: string, events: EventTable): EventRecord[] {
  return recordsOf(new AnyTraceReader(events), path);
}

function recordsOf(reader: TraceReader, path: string): EventRecord[] {
  reader.append(readFileSync(path));
  reader.end();
  const records: EventRecord[] = [];
  for (let record = reader.next(); record; record = reader.next()) {
    if (record.type === "event") records.push(record);
  }
  return records;
}

/** All event records of a trace in any format, and the lines between them. */
export function readTrace(path: string, events: EventTable) {
  const reader = new AnyTraceReader(events);
  reader.append(readBytes(path));
  reader.end();
  const records: EventRecord[] = [];
  const messages: { text: string; offset: number }[] = [];
  for (let record = reader.next(); record; record = reader.next()) {
    if (record.type === "event") records.push(record);
    if (record.type === "text") messages.push({ text: record.text, offset: record.offset });
  }
  return { records, messages };
}

/** A file's bytes, those within one that gzip made. */
export function readBytes(path: string): Uint8Array {
  const file = readFileSync(path);
  return path.endsWith(".gz") ? gunzipSync(file) : file;
}

/** All items of a stream file; with `cut`, those before the place where it is broken. */
export async function readItems(path: string, { cut = false } = {}): Promise<StreamItem[]> {
  const items: StreamItem[] = [];
  try {
    for await (const item of readStream(bytesAsRandomAccess(readBytes(path)))) items.push(item);
  } catch (error) {
    if (!cut || !(error instanceof DecodeError)) throw error;
  }
  return items;
}
