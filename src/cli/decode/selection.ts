import type { EventTable } from "../../model/event-table.js";
import { type EventPattern, isSelected, parsePattern } from "../../runtime/pattern.js";
import type { TraceClock } from "../../traces/lines/line-format.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import { Failure, type Io } from "../io.js";
import { limitTime, parseTimeLimit, type TimeLimit } from "./time-limit.js";

/** What of the options decides which records are wanted. */
export interface SelectionOptions {
  readonly event?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly pid?: readonly string[];
}

/** Which records `decode` is asked for. */
export interface Selection {
  readonly patterns: readonly EventPattern[];
  readonly pids: readonly number[];
  readonly since?: TimeLimit;
  readonly until?: TimeLimit;
}

/** Reads the options. Throws `Failure` where they make no sense. */
export function readSelection(options: SelectionOptions, table: EventTable, io: Io): Selection {
  const { event: patterns = [], pid: pids = [] } = options;
  const since = options.since === undefined ? undefined : parseTimeLimit(options.since);
  const until = options.until === undefined ? undefined : parseTimeLimit(options.until);
  if (since && until && since.from === until.from && since.nanoseconds > until.nanoseconds) {
    throw new Failure(`--until ${until.text} is before --since ${since.text}`);
  }
  return {
    patterns: parsePatterns(patterns, table, io),
    pids: pids.map(parsePid),
    ...(since && { since }),
    ...(until && { until }),
  };
}

function parsePid(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Failure(`${text} is no process id`);
  return Number(text);
}

/** Reads patterns, and tells of those that no declared event matches: a typing error, mostly. */
function parsePatterns(texts: readonly string[], table: EventTable, io: Io): EventPattern[] {
  return texts.map((text) => {
    const pattern = parsePattern(text);
    if (![...table.names].some((name) => pattern.matches(name))) {
      io.err(`qtrace: no event is declared that '${pattern.glob}' matches\n`);
    }
    return pattern;
  });
}

/** Whether the record that a cursor stands at is wanted. `clock` is asked at the first record. */
export function selector(
  { patterns, pids, since, until }: Selection,
  clock: () => TraceClock,
): (cursor: RecordCursor) => boolean {
  const tests: ((cursor: RecordCursor) => boolean)[] = [];
  if (since || until) tests.push(timeTest(since, until, clock));
  if (patterns.length > 0) tests.push(nameTest(patterns));
  if (pids.length > 0) tests.push(({ pid }) => pids.includes(pid));
  return (cursor) => {
    for (const test of tests) if (!test(cursor)) return false;
    return true;
  };
}

/** Dropped events stay: they may have been of those that are wanted. */
function nameTest(patterns: readonly EventPattern[]): (cursor: RecordCursor) => boolean {
  const all = patterns[0]?.enable !== true;
  const byKey: (boolean | undefined)[] = [];
  return ({ key, name, type }) => {
    if (key < 0) return type === "dropped" || isSelected(patterns, name, all);
    let wanted = byKey[key];
    if (wanted === undefined) {
      wanted = isSelected(patterns, name, all);
      byKey[key] = wanted;
    }
    return wanted;
  };
}

/** What has no time of its own, such as a line of other origin, has that of the record before it. */
function timeTest(
  since: TimeLimit | undefined,
  until: TimeLimit | undefined,
  clock: () => TraceClock,
): (cursor: RecordCursor) => boolean {
  let begun = false;
  let from = 0n;
  let to = 0n;
  let time = 0n;
  return ({ timestamp }) => {
    if (timestamp === 0n && begun) return time >= from && (!until || time <= to);
    time = timestamp;
    if (!begun) {
      if (since) from = limitTime(since, clock(), time);
      if (until) to = limitTime(until, clock(), time);
      begun = time !== 0n;
    }
    return time >= from && (!until || time <= to);
  };
}
