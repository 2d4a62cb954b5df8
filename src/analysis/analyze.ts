import type { StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import type {
  ItemAccount,
  MigrationAccount,
  SidePairing,
  SideSummary,
  SwitchoverStart,
} from "./account.js";
import { advise } from "./advise.js";
import { Arrival, type WirePoint } from "./arrival.js";
import { attemptsOf } from "./attempts.js";
import { destinationMarks } from "./destination-marks.js";
import { downtimePath } from "./downtime-path.js";
import { findProblems } from "./find-problems.js";
import { itemLabel } from "./item-label.js";
import { textArgument } from "./mark.js";
import { measureDowntime } from "./measure-downtime.js";
import { type PageRequest, pageRequests } from "./page-requests.js";
import { pairWithDestination, pairWithSource, type SidePairs } from "./pair-items.js";
import { findPhases } from "./phases.js";
import { findPostcopy } from "./postcopy.js";
import { relateClocks, toSourceClock } from "./relate-clocks.js";
import { findRounds } from "./rounds.js";
import { SentBytes } from "./sent-bytes.js";
import { sourceMarks } from "./source-marks.js";
import { densityOf, type TraceDensity } from "./trace-density.js";
import { tracedItems } from "./traced-items.js";
import { findTracing, isMostlyTracing, type TracedSides } from "./tracing-cost.js";

/** What is known of a migration. Traces are each in their own clock, in the order of their file. */
export interface AnalysisInput {
  /** The items of the main channel; without them the account has those that the traces tell. */
  readonly items?: readonly StreamItem[];
  /** Records of the source's trace; those of `relevantEvents` suffice. */
  readonly source?: readonly EventRecord[];
  readonly destination?: readonly EventRecord[];
  /** When chunks of the main channel passed a tap between both ends, in order. */
  readonly wire?: readonly WirePoint[];
  /** How dense each trace is with all of its records; by default, with the records that are given. */
  readonly sourceDensity?: TraceDensity;
  readonly destinationDensity?: TraceDensity;
}

/**
 * Joins the stream with both ends' traces. What a side's trace lacks is said, never made up; what
 * shows that the inputs do not belong together is among the `problems`.
 */
export function analyze(input: AnalysisInput): MigrationAccount {
  const { destination = [] } = input;
  const { source, attempt, attempts, items, sent, offsets, atSource } = lookAtSource(input);
  const atDestination = pairWithDestination(items, destinationMarks(destination));
  const asked = pageRequests(source, destination);
  const clocks =
    input.source && input.destination
      ? relateClocks(bothMarks(atSource, atDestination), source, destination, asked)
      : undefined;
  const convert = (time: bigint) => toSourceClock(clocks, time);
  const accounts = items.map(
    (item, index): ItemAccount => ({
      item,
      label: itemLabel(item),
      source: input.source ? atSource.pairings[index]! : { status: "no trace" },
      destination: input.destination
        ? shift(atDestination.pairings[index]!, convert)
        : { status: "no trace" },
    }),
  );
  const rounds = findRounds(source, accounts);
  const arrival = new Arrival(offsets, input.items && input.wire);
  const measured = measureDowntime(source, destination, convert);
  const downtime = { ...measured, path: downtimePath(accounts, measured, arrival) };
  const phases = findPhases(source, rounds, downtime);
  const requests = asked.map((request) => onSourceClock(request, convert));
  const outcome = findOutcome(source, destination);
  const time = extent(outcome, source, destination, convert);
  const traced: TracedSides = {
    source: input.sourceDensity ?? densityOf(input.source ?? []),
    destination: input.destinationDensity ?? densityOf(destination),
    convert,
  };
  const sides = {
    source: input.source && summarize(accounts, "source", atSource, (time) => time),
    destination: input.destination && summarize(accounts, "destination", atDestination, convert),
  };
  return {
    machine: items.find((item) => item.type === "configuration")?.machine || undefined,
    streamSize: input.items?.reduce((end, item) => Math.max(end, item.offset + item.size), 0),
    items: accounts,
    ...sides,
    clocks,
    rounds,
    switchoverStart: findSwitchoverStart(accounts, input.items !== undefined),
    downtime,
    postcopy: findPostcopy(source, accounts, requests, downtime.running),
    outcome,
    phases,
    sent: sent.points,
    tracing: findTracing(accounts, downtime, traced),
    advice: advise(downtime, rounds, phases, (segment) =>
      isMostlyTracing(segment, downtime, traced),
    ),
    attempt: attempts > 1 ? { number: attempt + 1, of: attempts } : undefined,
    problems: findProblems({
      ...{ items: accounts, streamed: input.items !== undefined, sent: offsets, clocks },
      ...{ sourcePairs: atSource, begin: time.begin },
      source: sides.source && { records: source, summary: sides.source },
      destination: sides.destination && { records: destination, summary: sides.destination },
    }),
    ...time,
  };
}

/** The source's side, by the one of its attempts to migrate that is most like the items. */
function lookAtSource(input: AnalysisInput) {
  const attempts = attemptsOf(input.source ?? []);
  const looks = attempts.map((source, attempt) => {
    const items = input.items ?? tracedItems(source, input.destination ?? []);
    const sent = new SentBytes(source, items);
    // Items that only traces tell have no offsets to hold against the bytes that had gone; and pages
    // that mapped-ram puts in their places of the file are not in the source's order.
    const placed = input.items && !items.some((item) => "ram" in item && item.ram?.mapped);
    const offsets = placed ? sent : new SentBytes([]);
    const atSource = pairWithSource(items, sourceMarks(source), offsets);
    const paired = atSource.marks.filter((mark) => mark).length;
    return { source, attempt, attempts: attempts.length, items, sent, offsets, atSource, paired };
  });
  return looks.reduce((best, look) => (look.paired >= best.paired ? look : best));
}

function onSourceClock(request: PageRequest, convert: (time: bigint) => bigint): PageRequest {
  const faulted = request.faulted === undefined ? undefined : convert(request.faulted);
  const arrived = request.arrived === undefined ? undefined : convert(request.arrived);
  const { served } = request;
  const early = arrived !== undefined && served !== undefined && arrived < served;
  return { ...request, faulted, arrived, sentBefore: request.sentBefore || early };
}

function bothMarks(source: SidePairs, destination: SidePairs) {
  return source.marks.flatMap((sent, index) => {
    const read = destination.marks[index];
    return sent && read ? [[sent, read] as const] : [];
  });
}

function shift(pairing: SidePairing, convert: (time: bigint) => bigint): SidePairing {
  if (pairing.status !== "paired") return pairing;
  return { ...pairing, start: convert(pairing.start), end: convert(pairing.end) };
}

function summarize(
  accounts: readonly ItemAccount[],
  side: "source" | "destination",
  { strays }: SidePairs,
  convert: (time: bigint) => bigint,
): SideSummary {
  const statuses = accounts.map((account) => account[side].status);
  const paired = statuses.filter((status) => status === "paired").length;
  const missing = statuses.filter((status) => status === "missing").length;
  return {
    expected: paired + missing,
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

/** How it ended, as the source tells it, else the destination. */
function findOutcome(
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
): MigrationAccount["outcome"] {
  const told = (name: string) => (record: EventRecord) => record.name === name;
  const state =
    source.findLast(told("migrate_set_state")) ?? destination.findLast(told("migrate_set_state"));
  const error =
    source.findLast(told("migrate_error")) ?? destination.findLast(told("migrate_error"));
  return {
    state: state && textArgument(state, "new_state"),
    error: error && textArgument(error, "error_desc"),
  };
}

const LAST_STATES: ReadonlySet<string | undefined> = new Set(["completed", "failed", "cancelled"]);

/**
 * From `setup` to the end of the migration, as the source tells it, else the destination; of one
 * whose end is not told, to the last event.
 */
function extent(
  { state }: MigrationAccount["outcome"],
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
  convert: (time: bigint) => bigint,
): Pick<MigrationAccount, "begin" | "end"> {
  const records = source.length > 0 ? source : destination;
  const states = records.filter((record) => record.name === "migrate_set_state");
  const onSource = source.length > 0 ? (time: bigint) => time : convert;
  const first = states[0];
  const last = LAST_STATES.has(state) ? states.at(-1) : first && records.at(-1);
  return {
    begin: first && onSource(first.timestamp),
    end: last && onSource(last.timestamp),
  };
}
