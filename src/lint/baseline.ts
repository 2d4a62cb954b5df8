import type { Problem } from "../diagnostics/catalogue.js";
import type { FileProblems } from "../diagnostics/file-problems.js";
import { subjectOf } from "../diagnostics/subject.js";

/**
 * Findings that are known and let be: file → rule → what it is about → how often. Lines are not in
 * it, so that it holds when they move; a finding that comes on top of the known ones is told.
 */
export type Baseline = Readonly<Record<string, Readonly<Record<string, Counts>>>>;

type Counts = Readonly<Record<string, number>>;

/** The findings of a run as a baseline; `nameOf` is what it calls a file. */
export function makeBaseline(
  files: readonly FileProblems[],
  nameOf: (file: FileProblems) => string,
): Baseline {
  const baseline: Record<string, Record<string, Record<string, number>>> = record();
  for (const file of files) {
    for (const problem of file.problems) {
      const rules = entry(baseline, nameOf(file), record());
      const counts = entry(rules, problem.code, record());
      const subject = subjectOf(file.source, problem);
      counts[subject] = entry(counts, subject, 0) + 1;
    }
  }
  return baseline;
}

/** An object without a prototype: an event may be called `__proto__`. */
function record<T>(): Record<string, T> {
  return Object.create(null);
}

/** What stands at a key; `fresh` is put there if nothing does. */
function entry<T>(into: Record<string, T>, key: string, fresh: T): T {
  if (!Object.hasOwn(into, key)) into[key] = fresh;
  return into[key]!;
}

/** A baseline as the text of its file: sorted, so that versions of it can be compared. */
export function printBaseline(baseline: Baseline): string {
  const findings = sorted(baseline, (rules) => sorted(rules, (counts) => sorted(counts, (n) => n)));
  return `${JSON.stringify({ version: 1, findings }, null, 1)}\n`;
}

/** Reads the file of a baseline; a string is what is wrong with it. */
export function parseBaseline(text: string): Baseline | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  if (!isRecord(value) || value.version !== 1) return "not a baseline of qtrace's, version 1";
  const { findings } = value;
  const whole =
    isRecord(findings) &&
    Object.values(findings).every(
      (rules) =>
        isRecord(rules) &&
        Object.values(rules).every(
          (counts) => isRecord(counts) && Object.values(counts).every((n) => Number.isInteger(n)),
        ),
    );
  return whole ? (findings as Baseline) : "its findings are not file → rule → event → number";
}

/** What a baseline leaves of findings. */
export interface BaselineResult {
  readonly files: readonly FileProblems[];
  /** How many findings it knew. */
  readonly known: number;
  /** How many of its entries are not found any more, in the files that were looked at. */
  readonly gone: number;
}

/** Takes the known findings out. */
export function applyBaseline(
  files: readonly FileProblems[],
  baseline: Baseline,
  nameOf: (file: FileProblems) => string,
): BaselineResult {
  let known = 0;
  let gone = 0;
  const left = files.map((file) => {
    const rules = own(baseline, nameOf(file)) ?? {};
    const used = new Map<string, number>();
    const isNew = (problem: Problem) => {
      const subject = subjectOf(file.source, problem);
      const key = `${problem.code} ${subject}`;
      const times = (used.get(key) ?? 0) + 1;
      used.set(key, times);
      return times > (own(own(rules, problem.code) ?? {}, subject) ?? 0);
    };
    const problems = file.problems.filter(isNew);
    known += file.problems.length - problems.length;
    const expected = Object.values(rules).flatMap((counts) => Object.values(counts));
    gone += expected.reduce((sum, n) => sum + n, 0) - (file.problems.length - problems.length);
    return { ...file, problems };
  });
  return { files: left, known, gone };
}

/** Names of events are keys here, and an event may be called `constructor`. */
function own<T>(from: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted<T, U>(from: Readonly<Record<string, T>>, each: (value: T) => U): Record<string, U> {
  const entries = Object.entries(from).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, each(value)]));
}
