import type { StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import type { AlignmentBudget } from "./align.js";
import { attemptsOf } from "./attempts.js";
import { destinationMarks } from "./destination-marks.js";
import { latest } from "./moments.js";
import { pagesIn } from "./page-counts.js";
import {
  pairWithDestination,
  pairWithSource,
  type SidePairs,
  sectionsThatFit,
} from "./pair-items.js";
import { syncsOf } from "./rounds.js";
import { SentBytes } from "./sent-bytes.js";
import { sourceMarks } from "./source-marks.js";
import { tracedItems } from "./traced-items.js";

/** What a migration's items are matched with. */
export interface MatchInput {
  readonly items: readonly StreamItem[] | undefined;
  readonly source: readonly EventRecord[];
  readonly destination: readonly EventRecord[];
  /** Which attempt of the source, or of the destination without a source's trace, from 1. */
  readonly attempt: number | "last" | undefined;
  /** Nanoseconds to which the source's times are known, if they are coarse. */
  readonly resolution?: bigint;
}

/** The source's attempt that was chosen, matched with the items. */
export interface SourceMatch {
  readonly source: readonly EventRecord[];
  readonly items: readonly StreamItem[];
  readonly pairs: SidePairs;
  /** Bytes over time, for reports. */
  readonly sent: SentBytes;
  /** Bytes over time that offsets can be compared with; empty where they cannot. */
  readonly offsets: SentBytes;
}

/** Both sides' attempts that were chosen, matched with the items. */
export interface MatchedSides extends SourceMatch {
  readonly destination: readonly EventRecord[];
  readonly destinationPairs: SidePairs;
  /** The attempts in the source's trace, else in the destination's, and the index of the chosen one. */
  readonly attempts: readonly (readonly EventRecord[])[];
  readonly chosen: number;
}

/**
 * Comparisons to align one attempt with the items, about half a second. A trace that lacks some
 * thousands of the items needs fewer; only inputs that do not belong together need more.
 */
const COMPARISONS = 2 ** 23;
/** So many attempts add to the budget: a log with thousands of them must not take hours. */
const ATTEMPTS = 8;

/**
 * Chooses the attempts that the items belong to and matches them. By default those that fit the stream
 * best; without a stream the last one of the source, and what fits it best at the destination.
 *
 * @throws RangeError for an attempt that the trace does not have
 */
export function matchSides(input: MatchInput): MatchedSides {
  const sources = attemptsOf(input.source, "source");
  const destinations = attemptsOf(input.destination, "destination");
  const attempts = input.source.length > 0 ? sources : destinations;
  const wanted = wantedAttempt(input.attempt, attempts.length);
  const bySource = input.source.length > 0 ? wanted : undefined;
  const byDestination = input.source.length > 0 ? undefined : wanted;

  const { items, resolution } = input;
  const looked = Math.min(sources.length + destinations.length, ATTEMPTS);
  const budget = { comparisons: COMPARISONS * looked };
  const looks =
    items && sources.map((source) => matchSource(source, items, [], resolution, budget));
  const index = bySource ?? (looks ? best(looks, scoreOf) : sources.length - 1);
  const candidates = destinations.map((destination) => {
    const source = sources[index]!;
    const match = looks?.[index] ?? matchSource(source, undefined, destination, resolution, budget);
    const marks = destinationMarks(destination);
    const destinationPairs = pairWithDestination(match.items, marks, budget);
    return { ...match, destination, destinationPairs };
  });
  const fit = (match: (typeof candidates)[number]) =>
    items ? matchScore(match.items, match.destinationPairs) : scoreOf(match);
  const likely = best(candidates, fit);
  // A load that failed matches no more than its start, as one of another attempt may.
  const isParallel = sources.length === destinations.length && input.source.length > 0;
  const [parallel, fitting] = [candidates[index], candidates[likely]!];
  const fitsAsWell = isParallel && parallel && contradicting(parallel) <= contradicting(fitting);
  const last = candidates.length - 1;
  const other =
    byDestination ?? (fitsAsWell ? index : items || input.source.length > 0 ? likely : last);
  return { ...candidates[other]!, attempts, chosen: input.source.length > 0 ? index : other };
}

function wantedAttempt(attempt: MatchInput["attempt"], count: number): number | undefined {
  if (attempt === undefined) return undefined;
  const index = attempt === "last" ? count - 1 : attempt - 1;
  if (Number.isInteger(index) && index >= 0 && index < count) return index;
  throw new RangeError(`there is no attempt ${attempt}: the trace has ${count}`);
}

/** Without a stream, the items are those that both traces show. */
function matchSource(
  source: readonly EventRecord[],
  given: readonly StreamItem[] | undefined,
  destination: readonly EventRecord[],
  resolution: bigint | undefined,
  budget: AlignmentBudget,
): SourceMatch {
  const items = given ?? tracedItems(source, destination);
  const sent = new SentBytes(source, items, resolution);
  // Items that only traces show have no offsets to compare with the bytes that had gone; and pages
  // that mapped-ram writes to their places of the file are not in the source's order.
  const placed = given && !items.some((item) => "ram" in item && item.ram?.mapped);
  const offsets = placed ? sent : new SentBytes([]);
  const pairs = pairWithSource(items, sourceMarks(source), offsets, budget);
  return { source, items, pairs, sent, offsets };
}

function scoreOf(match: SourceMatch): number {
  const { items, pairs, offsets } = match;
  const wrong = sectionsThatFit(items, pairs, offsets).wrong;
  return matchScore(items, pairs) - wrong - lastPagesDiffer(match);
}

/**
 * From 0 to below 1, by how much the pages of RAM's END section differ from those that the source's last
 * syncs found dirty: it decides between attempts whose sections are alike.
 */
function lastPagesDiffer({ source, items, pairs }: SourceMatch): number {
  const end = items.findLastIndex(({ type }) => type === "section-end");
  const part = items.findLastIndex(({ type }, index) => type === "section-part" && index < end);
  const item = items[end];
  const [from, until] = [pairs.marks[part]?.start, pairs.marks[end]?.end];
  if (!item || !("ram" in item) || !item.ram || from === undefined || until === undefined) return 0;
  const { pages: data = 0, zeroPages = 0 } = pagesIn([item]);
  const pages = data + zeroPages;
  let dirty: number | undefined;
  for (const { end: at, dirtyPages } of syncsOf(source)) {
    if (at === undefined || at <= from || at > until) continue;
    if (dirtyPages === undefined) return 0;
    dirty = (dirty ?? 0) + dirtyPages;
  }
  if (dirty === undefined) return 0;
  return (0.9 * Math.abs(pages - dirty)) / Math.max(pages, dirty, 1);
}

/**
 * What is matched speaks for an attempt; what is left over or missing speaks against it, but for what
 * comes after the end of a stream that was cut.
 */
function matchScore(items: readonly StreamItem[], { marks, pairings, strays }: SidePairs): number {
  const matched = marks.filter((mark) => mark !== undefined);
  const missing = pairings.filter(({ status }) => status === "missing").length;
  const complete = items.some(({ type }) => type === "eof");
  const end = complete ? undefined : latest(matched.map(({ start }) => start));
  const left = strays.filter(({ start }) => end === undefined || start <= end);
  return matched.length - left.length - missing;
}

/** How much a destination read that the items are not, or did not read of what came before. */
function contradicting({ destinationPairs }: Pick<MatchedSides, "destinationPairs">): number {
  const { pairings, strays } = destinationPairs;
  const read = pairings.slice(0, pairings.findLastIndex(({ status }) => status === "paired") + 1);
  return strays.length + read.filter(({ status }) => status === "missing").length;
}

/** The index of the candidate with the largest score, the last one of equals. */
function best<T>(candidates: readonly T[], score: (candidate: T) => number): number {
  if (candidates.length === 1) return 0;
  const scores = candidates.map(score);
  return scores.reduce((found, score, index) => (score >= scores[found]! ? index : found), 0);
}
