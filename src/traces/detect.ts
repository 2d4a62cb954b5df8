import { DecodeError } from "../bytes/decode-error.js";
import { decodeUtf8 } from "../bytes/utf8.js";
import type { EventTable } from "../model/event-table.js";
import type { LineFormat } from "./lines/line-format.js";
import { lineFormats } from "./lines/line-formats.js";
import { NoTraceError } from "./no-trace-error.js";
import { otherFile } from "./other-files.js";
import { readSimpletraceHeader, simpletraceVersions } from "./simpletrace/header.js";
import { simpletraceFormat, type TraceFormat, traceFormat } from "./trace-format.js";

/** No more than so many bytes are looked at. */
export const SAMPLE = 65536;
/** So many sound records in a row, at the beginning, show a trace that has no header. */
const CHAIN = 8;

/**
 * Tells a trace's format by what it begins with; `undefined` where more bytes are needed, which is
 * never so at the trace's end (`ended`) or behind 64 KiB. Throws `NoTraceError` for what is none.
 */
export function detectFormat(
  bytes: Uint8Array,
  ended: boolean,
  events: EventTable,
): TraceFormat | undefined {
  const decide = ended || bytes.length >= SAMPLE;
  if (bytes.length === 0 && decide) throw new NoTraceError("not a trace: it is empty", 0);
  if (bytes.length < 8 && !decide) return undefined;
  const found = detectSimpletrace(bytes, ended) ?? undefined;
  if (found || startsLikeHeader(bytes)) return found;
  const other = otherFile(bytes);
  if (other) throw new NoTraceError(`not a trace: ${other}`, 0);
  const sample = bytes.subarray(0, SAMPLE);
  const binary = sample.includes(0);
  const headerless = binary ? detectHeaderless(sample, ended, events) : undefined;
  if (headerless) return headerless;
  // A guest's console in a log may have zeros in it; only what has no lines is surely none.
  const log = binary && !decide ? undefined : detectLog(sample, decide, events);
  if (log) return log;
  if (!decide) return undefined;
  throw new NoTraceError(noTrace(bytes), 0);
}

function noTrace(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return "not a trace: nothing but zeros";
  return "not a trace: neither a simpletrace file nor a log with known events";
}

function startsLikeHeader(bytes: Uint8Array): boolean {
  return readSimpletraceHeader(bytes) !== "none";
}

/**
 * The format of a simpletrace file with a header; `undefined` where there is none, or not all of it.
 * Throws `DecodeError` where the header is cut, `NoTraceError` for a version that there never was.
 */
export function detectSimpletrace(bytes: Uint8Array, ended: boolean): TraceFormat | undefined {
  const header = readSimpletraceHeader(bytes);
  if (header === "none") return undefined;
  if (header === "more") {
    if (ended) throw new DecodeError("cut short in simpletrace's header", bytes.length);
    return undefined;
  }
  const version = simpletraceVersions.find((known) => BigInt(known) === header.version);
  if (version === undefined) {
    const known = simpletraceVersions.join(", ");
    throw new NoTraceError(`simpletrace version ${header.version}; known are ${known}`, 16);
  }
  return simpletraceFormat(version, header.order, true);
}

/** The first format that finds nothing but sound records from the first byte on. */
function detectHeaderless(
  sample: Uint8Array,
  ended: boolean,
  events: EventTable,
): TraceFormat | undefined {
  for (const version of [4, 3, 0] as const) {
    for (const order of ["little", "big"] as const) {
      const format = simpletraceFormat(version, order, false);
      if (soundRecords(format, sample, events) >= (ended ? 1 : CHAIN)) return format;
    }
  }
  return undefined;
}

/** How many records a sample begins with, if nothing among them is damaged; else 0. */
function soundRecords(format: TraceFormat, sample: Uint8Array, events: EventTable): number {
  const reader = format.reader(events);
  reader.append(sample);
  let count = 0;
  while (count < CHAIN && reader.advance()) {
    if (reader.type === "garbage" || reader.type === "raw") return 0;
    count++;
  }
  return reader.damage.counts.size > 0 && reader.type === "event" && count < 2 ? 0 : count;
}

/** The form of log that most lines are of, by the names of events in them. */
function detectLog(
  sample: Uint8Array,
  decide: boolean,
  events: EventTable,
): TraceFormat | undefined {
  const lines = decodeUtf8(sample).split("\n");
  if (lines.length > 1) lines.pop();
  else if (!decide) return undefined;
  let best: LineFormat | undefined;
  let most = 0;
  for (const format of lineFormats) {
    const count = knownLines(format, lines, events);
    if (count > most) [best, most] = [format, count];
  }
  if (!best && decide) best = lineFormats.find((format) => hasItsPrefix(format, lines));
  return best && traceFormat(best.name);
}

function knownLines(format: LineFormat, lines: readonly string[], events: EventTable): number {
  let count = 0;
  for (const line of lines) {
    const prefix = format.readPrefix(line);
    if (prefix && events.get(nameIn(line, prefix.length))) count++;
  }
  return count;
}

/** True where some line has a prefix of the form, and behind it what can be an event's name. */
function hasItsPrefix(format: LineFormat, lines: readonly string[]): boolean {
  return lines.some((line) => {
    const prefix = format.readPrefix(line);
    return prefix && prefix.length > 0 && /^[a-z][^\W_]*_\w*$/i.test(nameIn(line, prefix.length));
  });
}

function nameIn(line: string, from: number): string {
  const blank = line.indexOf(" ", from);
  return line.slice(from, blank < 0 ? line.length : blank);
}
