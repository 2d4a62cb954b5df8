import path from "node:path";
import type { WirePoint } from "../analysis/arrival.js";
import type { WireLead } from "../analysis/wire-lead.js";
import type { TraceClock } from "../traces/lines/line-format.js";
import { readAbout, readText } from "./files.js";
import { Failure, type Io } from "./io.js";

/** When chunks of the main channel passed, by the clock of the source's trace; or why not. */
export type WireTimes =
  | {
      readonly points: readonly WirePoint[];
      /** Whether they must agree with the source's trace to be of its clock: it may be another host's. */
      readonly doubtful: boolean;
      readonly why?: undefined;
    }
  | { readonly points?: undefined; readonly why: string };

/** More than that apart, two statements contradict each other; log lines have microseconds. */
const TOLERANCE = 100_000n;

/** Within this, a wall clock that may be another host's must be known to agree with the source's. */
const MAX_ROOM = 1_000_000n;

/**
 * Reads a tap's times, which are of CLOCK_MONOTONIC, on the clock of a source's trace: its wall clock
 * by the readings of both clocks in the `recording.json` beside them. Throws `Failure` if the file is
 * not one of times.
 */
export async function readWireTimes(file: string, clock: TraceClock, io: Io): Promise<WireTimes> {
  const text = await readText(file, io);
  const points = parseTimes(text);
  if (points.length === 0 && text !== "") {
    throw new Failure(`${file}: no line of it is OFFSET NANOSECONDS`);
  }
  const about = await aboutTimes(file);
  const doubtful = about.sourceOnThisHost !== true;
  switch (clock) {
    case "monotonic":
      return { points, doubtful };
    case "realtime":
      return onWallClock(points, doubtful, readingsOf(about));
    case "year":
      return { why: "the timestamps of the source's log do not include the year" };
    case "none":
      return { why: "the source's log has no timestamps" };
  }
}

/** Why times that can be so far ahead of the source's trace are not those of its clock, if so. */
export function contradictionOf(
  { lower, upper }: WireLead,
  clock: TraceClock,
  doubtful: boolean,
): string | undefined {
  if (upper !== undefined && upper < -TOLERANCE) {
    return `they contradict the traces, so the tap ran on another clock: a chunk passed ${milliseconds(-upper)} before the source began to save what is in it`;
  }
  if (lower !== undefined && lower > TOLERANCE) {
    return `they contradict the traces, so the tap ran on another clock: a chunk passed ${milliseconds(lower)} after it had been answered or loaded`;
  }
  if (!doubtful) return undefined;
  if (upper === undefined || lower === undefined) {
    return "nothing shows that the tap ran on the source's clock, neither recording.json nor the traces";
  }
  // Two machines' clocks that count from their boots are never that near by chance.
  if (clock === "monotonic" || upper - lower <= MAX_ROOM) return undefined;
  return `the source may be on another host, and the traces show only to within ${milliseconds(upper - lower)} that the clocks agree`;
}

function parseTimes(text: string): WirePoint[] {
  return text
    .split("\n")
    .filter((line) => /^\d+ \d+$/.test(line))
    .map((line) => line.split(" "))
    .map(([offset, at]) => ({ offset: Number(offset), at: BigInt(at!) }));
}

interface Reading {
  readonly monotonic: bigint;
  readonly realtime: bigint;
}

/** What `recording.json` beside a file of times says; nothing if there is none. */
async function aboutTimes(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const about: unknown = JSON.parse(await readAbout(path.dirname(file)));
    return typeof about === "object" && about !== null ? { ...about } : {};
  } catch {
    return {};
  }
}

function readingsOf({ clocks }: Readonly<Record<string, unknown>>) {
  const { start, end } = (clocks ?? {}) as { readonly start?: unknown; readonly end?: unknown };
  const [first, last] = [readingOf(start), readingOf(end)];
  return first && last && last.monotonic > first.monotonic ? ([first, last] as const) : undefined;
}

function readingOf(value: unknown): Reading | undefined {
  const { monotonic, realtime } = (value ?? {}) as { monotonic?: unknown; realtime?: unknown };
  const isNumber = (text: unknown): text is string =>
    typeof text === "string" && /^\d+$/.test(text);
  if (!isNumber(monotonic) || !isNumber(realtime)) return undefined;
  return { monotonic: BigInt(monotonic), realtime: BigInt(realtime) };
}

function onWallClock(
  points: readonly WirePoint[],
  doubtful: boolean,
  readings: readonly [Reading, Reading] | undefined,
): WireTimes {
  if (!readings) {
    return {
      why: "they are of CLOCK_MONOTONIC, the source's log has wall-clock times, and recording.json has no reading of both clocks at start and end",
    };
  }
  const [start, end] = readings;
  const [monotonic, realtime] = [end.monotonic - start.monotonic, end.realtime - start.realtime];
  // Both clocks are slewed alike, so that only a step makes one gain on the other.
  const gain = realtime - monotonic;
  if (gain > TOLERANCE || gain < -TOLERANCE) {
    return { why: `the wall clock was set by ${milliseconds(gain)} during the recording` };
  }
  const convert = (at: bigint) => start.realtime + ((at - start.monotonic) * realtime) / monotonic;
  return { points: points.map(({ offset, at }) => ({ offset, at: convert(at) })), doubtful };
}

function milliseconds(nanoseconds: bigint): string {
  return `${(Number(nanoseconds) / 1e6).toFixed(3)} ms`;
}
