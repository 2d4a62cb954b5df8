import type { StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import type {
  Attempt,
  Bounds,
  ItemAccount,
  MigrationAccount,
  Round,
  SidePairing,
  SideSummary,
  SwitchoverStart,
  Sync,
} from "./account.js";
import { advise } from "./advise.js";
import { Arrival, type WirePoint } from "./arrival.js";
import { entersLastState, type Side } from "./attempts.js";
import { deviceTimes } from "./device-times.js";
import { downtimePath } from "./downtime-path.js";
import { clockProblem, findProblems } from "./find-problems.js";
import { isMatched } from "./is-matched.js";
import { itemLabel } from "./item-label.js";
import { textArgument } from "./mark.js";
import { type MatchedSides, matchSides } from "./match-sides.js";
import { findStop, measureDowntime, sentAfter, stopSlack } from "./measure-downtime.js";
import { later } from "./moments.js";
import { judgeOutcome, type LogMessage } from "./outcome.js";
import { type PageRequest, pageRequests } from "./page-requests.js";
import type { SidePairs } from "./pair-items.js";
import { findPhases } from "./phases.js";
import { findPostcopy } from "./postcopy.js";
import { type ClockRelation, relateClocks, toSourceClock } from "./relate-clocks.js";
import { findRounds, passesKnown, syncsOf } from "./rounds.js";
import { bytesSent } from "./sent-bytes.js";
import { type ClockedRecords, clocked } from "./timestamps.js";
import { densityOf, type TraceDensity } from "./trace-density.js";
import { findTracing, isMostlyTracing, type TracedSides } from "./tracing-cost.js";
import { findWarnings } from "./warnings.js";

/** What is known of a migration. Traces are each in their own clock, in the order of their file. */
export interface AnalysisInput {
  /** The items of the main channel; without them the account has those that the traces show. */
  readonly items?: readonly StreamItem[];
  /** Bytes of each additional channel, in order. They count in the size of the stream only. */
  readonly channelBytes?: readonly number[];
  /** Records of the source's trace; those of `relevantEvents` suffice. */
  readonly source?: readonly EventRecord[];
  readonly destination?: readonly EventRecord[];
  /** What QEMU wrote on stderr, where a side's log has it: error lines say why a migration failed. */
  readonly sourceMessages?: readonly LogMessage[];
  readonly destinationMessages?: readonly LogMessage[];
  /** When chunks of the main channel passed a tap between both ends, in order. */
  readonly wire?: readonly WirePoint[];
  /**
   * Nanoseconds by which the destination's clock is ahead of the source's: 0 for traces of one
   * machine. By default it is bounded by causality, and so is each figure that crosses both sides.
   */
  readonly clockOffset?: bigint;
  /**
   * Which of several attempts in the source's trace (in the destination's, where that is the only one),
   * from 1. By default the one that fits the stream best; without a stream the last one.
   */
  readonly attempt?: number | "last";
  /**
   * The stream was written to a file, so its load is not part of the downtime. By default this is seen
   * from mapped-ram, and from the events `migration_file_outgoing` and `migration_file_incoming`.
   */
  readonly toFile?: boolean;
  /** How dense each trace is with all of its records; by default, with the records that are given. */
  readonly sourceDensity?: TraceDensity;
  readonly destinationDensity?: TraceDensity;
}

/**
 * Joins the stream with both ends' traces. What a side's trace lacks is unknown, never made up; what
 * shows that the inputs contradict each other is among the `problems`.
 *
 * @throws RangeError for an `attempt` that the trace does not have
 */
export function analyze(input: AnalysisInput): MigrationAccount {
  const sides = new Sides(input);
  const matched = matchSides({
    ...{ items: input.items, attempt: input.attempt },
    ...{ source: sides.all("source"), destination: sides.all("destination") },
    resolution: sides.resolutionOf("source"),
  });
  const { source, destination, items } = matched;
  const asked = pageRequests(source, destination);
  const stop = findStop(source);
  const timedStop = sides.timed("source") ? stop : undefined;
  const related = sides.comparable
    ? relateClocks(bothMarks(matched), source, destination, asked, {
        reference: stop?.at,
        given: input.clockOffset,
        resolution: sides.resolution,
      })
    : undefined;

  // By order where a trace has no timestamps: rounds and matches do not need times.
  const ordered = joinItems(input, matched, (time) => toSourceClock(related, time));
  const accounts = ordered.map((account) => sides.timedItem(account));
  const toTime = (side: Side) => (time: bigint) =>
    sides.timed(side) ? (side === "source" ? time : toSourceClock(related, time)) : undefined;
  const summaries = {
    source: input.source && summarize(accounts, "source", matched.pairs, toTime("source")),
    destination:
      input.destination &&
      summarize(accounts, "destination", matched.destinationPairs, toTime("destination")),
  };
  const mismatches = findProblems({
    ...{ items: accounts, streamed: input.items !== undefined, sent: matched.offsets },
    source: summaries.source && {
      ...{ records: source, summary: summaries.source, pairs: matched.pairs },
    },
    destination: summaries.destination && {
      ...{ records: destination, summary: summaries.destination, pairs: matched.destinationPairs },
    },
  });
  // Between inputs that do not belong together nothing is known.
  const clocks = mismatches.length > 0 ? contradicted(related) : related;

  const timedSource = sides.timed("source") ? source : [];
  const timedDestination = sides.timed("destination") ? destination : [];
  const messages = messagesOf(input, matched);
  const { outcome, contradiction } = judgeOutcome({ source, destination, ...messages }, accounts);
  const time = sides.timed("source")
    ? extent(timedSource, timedDestination, (at) => toSourceClock(clocks, at))
    : nowhere;
  const measured = measureDowntime({
    ...{ source: timedSource, destination: timedDestination, clocks },
    ...{ stop: timedStop, items: accounts },
    stopped: sentAfter(ordered, stop, sides.resolutionOf("source")),
    toFile: input.toFile ?? isToFile(matched),
  });
  const arrival = new Arrival(matched.offsets, input.items && input.wire);
  const path = downtimePath(accounts, measured, arrival, clocks, stopSlack(timedStop));
  const { resolution } = sides;
  const guestBounds = widened(measured.guestBounds, resolution);
  const reported = isBelowZero(measured.reported) ? undefined : measured.reported;
  const downtime = { ...measured, reported, guestBounds, path };
  const syncs = syncsOf(source, ordered);
  const rounds = findRounds(source, ordered).map((round) => sides.timedRound(round));
  const phases = findPhases(timedSource, rounds, downtime);
  const requests = asked.map((request) => sides.timedRequest(request, clocks));
  const traced: TracedSides = {
    source: input.sourceDensity ?? densityOf(timedSource),
    destination: input.destinationDensity ?? densityOf(timedDestination),
    convert: (at) => toSourceClock(clocks, at),
  };
  const postcopy = findPostcopy(timedSource, accounts, requests, downtime.running);
  const problems = [
    ...sides.problems,
    ...mismatches,
    contradiction,
    clockProblem(related, time.begin),
    stopProblem(downtime.guestBounds),
    setClockProblem(measured.reported, time),
  ];
  return {
    machine: items.find((item) => item.type === "configuration")?.machine || undefined,
    ...sizes(input),
    items: accounts,
    ...summaries,
    clocks,
    rounds,
    syncs: syncs.map((sync) => sides.timedSync(sync)),
    devices: deviceTimes(accounts, source, destination),
    switchoverStart: findSwitchoverStart(accounts, input.items !== undefined),
    downtime,
    postcopy,
    outcome,
    phases,
    sent: sides.timed("source") ? matched.sent.points : [],
    tracing: findTracing(accounts, downtime, traced),
    advice: advise(downtime, rounds, phases, { outcome, postcopy }, (segment) =>
      isMostlyTracing(segment, downtime, traced),
    ),
    attempt:
      matched.attempts.length > 1
        ? { number: matched.chosen + 1, of: matched.attempts.length }
        : undefined,
    attempts: listAttempts(matched, sides),
    problems: problems.filter((problem) => problem !== undefined),
    resolution,
    warnings: findWarnings({
      ...{ source: sides.source, destination: sides.destination, clocks, downtime },
      passes: passesKnown(syncs, ordered),
    }),
    ...time,
  };
}

/** The records of both sides, and whether their timestamps are times. */
class Sides {
  readonly source: ClockedRecords | undefined;
  readonly destination: ClockedRecords | undefined;

  constructor({ source, destination }: AnalysisInput) {
    this.source = source && clocked(source);
    this.destination = destination && clocked(destination);
  }

  all(side: Side): readonly EventRecord[] {
    return this[side]?.records ?? [];
  }

  timed(side: Side): boolean {
    return this[side]?.timed ?? true;
  }

  /** The coarser of both traces' resolutions. */
  get resolution(): bigint {
    return later(this.resolutionOf("source"), this.resolutionOf("destination"));
  }

  resolutionOf(side: Side): bigint {
    return this[side]?.timed ? this[side].resolution : 0n;
  }

  /** What is wrong with the timestamps, a sentence each. */
  get problems(): string[] {
    return (["source", "destination"] as const)
      .filter((side) => this[side]?.reversed)
      .map(
        (side) =>
          `the ${side}'s trace has its newest lines first, so its times are unknown: reverse it`,
      );
  }

  /** Whether times of one side can be related to those of the other. */
  get comparable(): boolean {
    return Boolean(this.source?.timed && this.destination?.timed);
  }

  timedItem(account: ItemAccount): ItemAccount {
    const pairing = (side: Side) =>
      this.timed(side) ? account[side] : withoutTimes(account[side]);
    return { ...account, source: pairing("source"), destination: pairing("destination") };
  }

  timedRound(round: Round): Round {
    if (this.timed("source")) return round;
    return { ...round, start: undefined, end: undefined, rate: undefined };
  }

  timedSync(sync: Sync): Sync {
    return this.timed("source") ? sync : { ...sync, start: undefined, end: undefined };
  }

  /** A request on the source's clock. */
  timedRequest(request: PageRequest, clocks: ClockRelation | undefined): PageRequest {
    const convert = (time: bigint | undefined) =>
      time === undefined || !this.timed("destination") ? undefined : toSourceClock(clocks, time);
    const [faulted, arrived] = [convert(request.faulted), convert(request.arrived)];
    const ofSource = this.timed("source") ? {} : { received: undefined, served: undefined };
    const { served } = { ...request, ...ofSource };
    const early = arrived !== undefined && served !== undefined && arrived < served;
    const sentBefore = request.sentBefore || early;
    return { ...request, ...ofSource, faulted, arrived, sentBefore };
  }
}

function sizes({ items, channelBytes = [] }: AnalysisInput) {
  const streamSize = items?.reduce((end, item) => Math.max(end, item.offset + item.size), 0);
  const totalBytes =
    streamSize === undefined
      ? undefined
      : channelBytes.reduce((sum, bytes) => sum + bytes, streamSize);
  return { streamSize, channelBytes, totalBytes };
}

function withoutTimes(pairing: SidePairing): SidePairing {
  return pairing.status === "paired" ? { status: "untimed", how: pairing.how } : pairing;
}

function joinItems(
  input: AnalysisInput,
  { items, pairs, destinationPairs }: MatchedSides,
  convert: (time: bigint) => bigint,
): ItemAccount[] {
  return items.map((item, index) => ({
    item,
    label: itemLabel(item),
    source: input.source ? pairs.pairings[index]! : { status: "no trace" },
    destination: input.destination
      ? shift(destinationPairs.pairings[index]!, convert)
      : { status: "no trace" },
  }));
}

function bothMarks({ pairs, destinationPairs }: MatchedSides) {
  return pairs.marks.flatMap((sent, index) => {
    const read = destinationPairs.marks[index];
    return sent && read ? [[sent, read] as const] : [];
  });
}

function shift(pairing: SidePairing, convert: (time: bigint) => bigint): SidePairing {
  if (pairing.status !== "paired") return pairing;
  return { ...pairing, start: convert(pairing.start), end: convert(pairing.end) };
}

function isToFile({ items, source, destination }: MatchedSides): boolean {
  return (
    items.some((item) => "ram" in item && item.ram?.mapped) ||
    source.some(({ name }) => name === "migration_file_outgoing") ||
    destination.some(({ name }) => name === "migration_file_incoming")
  );
}

function contradicted(clocks: ClockRelation | undefined): ClockRelation | undefined {
  if (!clocks) return undefined;
  return { ...clocks, verdict: "broken", lower: undefined, upper: undefined };
}

/** What QEMU wrote while the chosen attempts were made, and until the next one. */
function messagesOf(input: AnalysisInput, { source, destination }: MatchedSides) {
  const within = (
    messages: readonly LogMessage[] = [],
    records: readonly EventRecord[],
    all: readonly EventRecord[] = [],
  ) => {
    const [first, last] = [records[0], records.at(-1)];
    if (messages.length === 0 || !first || !last) return messages;
    const begin = first.offset === all[0]?.offset ? 0 : first.offset;
    const next = all.find(({ offset }) => offset > last.offset)?.offset;
    return messages.filter(
      ({ offset }) => offset >= begin && (next === undefined || offset < next),
    );
  };
  return {
    sourceMessages: within(input.sourceMessages, source, input.source),
    destinationMessages: within(input.destinationMessages, destination, input.destination),
  };
}

function summarize(
  accounts: readonly ItemAccount[],
  side: Side,
  { strays }: SidePairs,
  convert: (time: bigint) => bigint | undefined,
): SideSummary {
  const pairings = accounts.map((account) => account[side]);
  const paired = pairings.filter(isMatched).length;
  return {
    expected: paired + pairings.filter(({ status }) => status === "missing").length,
    paired,
    strays: strays.map(({ key, events, start }) => ({ key, events, at: convert(start) })),
  };
}

function findSwitchoverStart(
  accounts: readonly ItemAccount[],
  placed: boolean,
): SwitchoverStart | undefined {
  const found = accounts.find(
    ({ item }) => item.type === "command" && item.command.name === "SWITCHOVER_START",
  );
  if (!found) return undefined;
  const { source, destination } = found;
  return {
    offset: placed ? found.item.offset : undefined,
    sent: source.status === "paired" ? source.start : undefined,
    received: destination.status === "paired" ? destination.start : undefined,
  };
}

/** What ends before it starts was timed by a clock that was set. */
function setClockProblem(
  reported: bigint | undefined,
  { begin, end }: Pick<MigrationAccount, "begin" | "end">,
): string | undefined {
  const isNegative =
    isBelowZero(reported) || (begin !== undefined && end !== undefined && end < begin);
  if (!isNegative) return undefined;
  return "timestamps of one trace step back over the migration: its clock was set, and times are wrong";
}

function isBelowZero(value: bigint | undefined): boolean {
  return value !== undefined && value < 0n;
}

/** A guest cannot run at the destination before it stopped at the source. */
function stopProblem({ upper }: MigrationAccount["downtime"]["guestBounds"]): string | undefined {
  if (upper === undefined || upper >= 0n) return undefined;
  return (
    "the guest ran at the destination before it stopped at the source: " +
    "the traces are not of one migration, or the offset of the clocks is wrong"
  );
}

function listAttempts({ attempts }: MatchedSides, sides: Sides): Attempt[] {
  if (attempts.length < 2) return [];
  const side = sides.all("source").length > 0 ? "source" : "destination";
  return attempts.map((records, index) => {
    const { begin, end } = sides.timed(side) ? ownExtent(records) : nowhere;
    const state = records.findLast(({ name }) => name === "migrate_set_state");
    return {
      number: index + 1,
      ...{ start: begin, end },
      state: state && textArgument(state, "new_state"),
      bytes: bytesSent(records),
    };
  });
}

function widened({ lower, upper }: Bounds, by: bigint): Bounds {
  const least = lower === undefined ? undefined : lower - by;
  return {
    lower: least !== undefined && by > 0n && least < 0n ? 0n : least,
    upper: upper === undefined ? undefined : upper + by,
  };
}

const nowhere = { begin: undefined, end: undefined };

/** From `setup` to the last state, as the source shows them, else the destination. */
function extent(
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
  convert: (time: bigint) => bigint,
): Pick<MigrationAccount, "begin" | "end"> {
  if (source.length > 0) return ownExtent(source);
  const { begin, end } = ownExtent(destination);
  return {
    begin: begin === undefined ? undefined : convert(begin),
    end: end === undefined ? undefined : convert(end),
  };
}

/** The same on the trace's own clock. */
function ownExtent(records: readonly EventRecord[]): Pick<MigrationAccount, "begin" | "end"> {
  const first = records.find(
    (record) =>
      record.name === "migrate_set_state" && textArgument(record, "new_state") === "setup",
  );
  return { begin: first?.timestamp, end: records.findLast(entersLastState)?.timestamp };
}
