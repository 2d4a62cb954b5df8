import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, SideSummary } from "./account.js";
import { type Side, sideOf } from "./attempts.js";
import { DESTINATION_CONFIGURATION } from "./destination-marks.js";
import { isMatched } from "./is-matched.js";
import { textArgument } from "./mark.js";
import { type SidePairs, sectionsThatFit } from "./pair-items.js";
import type { ClockRelation } from "./relate-clocks.js";
import { relevantEvents } from "./relevant-events.js";
import type { SentBytes } from "./sent-bytes.js";
import { SOURCE_SETUP } from "./source-marks.js";

/** What is looked at for signs that the inputs are not of one migration. */
export interface JoinedInputs {
  readonly items: readonly ItemAccount[];
  /** Whether the items are those of a stream. */
  readonly streamed: boolean;
  readonly source: JoinedSide | undefined;
  readonly destination: JoinedSide | undefined;
  readonly sent: SentBytes;
}

export interface JoinedSide {
  readonly records: readonly EventRecord[];
  readonly summary: SideSummary;
  readonly pairs: SidePairs;
}

/** What shows that the inputs do not belong together, a sentence each. */
export function findProblems(joined: JoinedInputs): string[] {
  const { source, destination } = joined;
  const atSource = source ? sideProblems("source", source, joined) : [];
  return [
    ...atSource,
    ...(destination ? sideProblems("destination", destination, joined) : []),
    ...(atSource.length > 0 ? [] : byteProblems(joined)),
  ];
}

/** Whether a trace shows a side of a migration; one can show both, one after another. */
export function showsSide(records: readonly EventRecord[], side: Side): boolean {
  return records.some((record) => sideOf(record) === side);
}

/** The events to trace first of all, by side. */
const WANTED: Readonly<Record<Side, string>> = {
  source: "savevm_section_start, savevm_command_send",
  destination: "qemu_loadvm_state_section, loadvm_process_command",
};

function sideProblems(side: Side, joinedSide: JoinedSide, joined: JoinedInputs): string[] {
  const { records } = joinedSide;
  const other = side === "source" ? "destination" : "source";
  if (!showsSide(records, side)) {
    if (showsSide(records, other)) {
      return [`the trace given for the ${side} is one of a ${other}: the two are swapped`];
    }
    return nothingSent(side, records, joined);
  }
  const inputs = joined.streamed
    ? `the ${side}'s trace and the stream`
    : "the source's trace and the destination's";
  if (joinedSide.pairs.givenUp) {
    return [
      `${inputs} differ in too many places to be aligned, so which event belongs to which item ` +
        "is unknown: are they of one migration?",
    ];
  }
  const difference = differenceOf(side, joinedSide, joined);
  if (!difference) return [];
  const lacking = difference.lacking ? ", or events are missing" : "";
  return [`${inputs} are not of one migration${lacking}: ${difference.what}`];
}

/** Fewer differences than this, or than this share of what matches, can be lost events. */
const FEW = 3;
const SHARE = 0.1;

function areMany(differences: number, matched: number): boolean {
  return differences >= Math.max(FEW, matched * SHARE);
}

/** How a side's trace differs from the items. */
interface Difference {
  /** In words. */
  readonly what: string;
  /** Whether the trace only has less: events may be missing in it. */
  readonly lacking: boolean;
}

/** How a side's trace differs from the items; undefined where it does not. */
function differenceOf(
  side: Side,
  { records, pairs, summary }: JoinedSide,
  { items, streamed, destination }: JoinedInputs,
): Difference | undefined {
  // Without a stream the destination's trace is where the items come from.
  if (!streamed && (side === "destination" || !destination)) return undefined;
  const { paired, expected } = summary;
  const left = pairs.strays.filter(isIdentified).length;
  if (paired * 2 < expected && left >= FEW && left * 2 >= paired) {
    const what = `of ${expected} items only ${paired} match, and ${left} others are traced`;
    return { what, lacking: false };
  }
  // One section can be lost, but hardly from a trace that lacks nothing else.
  const few = isOtherwiseComplete(side, items, pairs) ? 1 : 2;
  // A stream that was cut lacks what comes after its end; that of a connection by which a paused
  // postcopy resumes lacks what came before, and what the lost one did not deliver.
  const complete = items.some(({ item }) => item.type === "eof") && !isResumed(items);
  const unknown = streamed ? 0 : destination!.pairs.strays.length;
  const surplus = complete ? surplusOf(pairs) : { foreign: 0, more: 0 };
  const sections = surplus.foreign + surplus.more - unknown;
  if (sections > 0 && (surplus.foreign > unknown || sections >= few)) {
    const other = streamed ? "stream" : "destination";
    const traced = count(sections, "section or command is", "sections and commands are");
    return { what: `${traced} traced that the ${other} does not have`, lacking: false };
  }
  const gaps = gapsWithin(side, items, pairs, records);
  if (!areMany(gaps.items, paired) && gaps.places < few) return undefined;
  const missing = count(gaps.items, "item is", "items are");
  return { what: `${missing} missing in the trace between others that match`, lacking: true };
}

function isResumed(items: readonly ItemAccount[]): boolean {
  return items.some(
    ({ item }) =>
      item.type === "command" &&
      (item.command.name === "RECV_BITMAP" || item.command.name === "POSTCOPY_RESUME"),
  );
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Whether a mark shows what it is of; a section's or command's name can be lost. */
function isIdentified({ key }: { readonly key: string }): boolean {
  return /^(section|command) /.test(key);
}

/** Whether nothing shows that an event was lost, besides whole items. */
function isOtherwiseComplete(
  side: Side,
  items: readonly ItemAccount[],
  { strays }: SidePairs,
): boolean {
  const open = items.some(
    ({ [side]: pairing }) => pairing.status === "paired" && pairing.interval !== undefined,
  );
  return !open && strays.every(isIdentified);
}

/** By how many the sections and commands in a trace exceed the items: of kinds that have none, and others. */
function surplusOf({ marks, strays, keys }: SidePairs) {
  const expected = countOf(keys.filter((key) => key !== undefined));
  const traced = [...marks.filter((mark) => mark !== undefined), ...strays].filter(isIdentified);
  let [foreign, more] = [0, 0];
  for (const [key, times] of countOf(traced.map(({ key }) => key))) {
    const wanted = expected.get(key) ?? 0;
    if (wanted === 0) foreign += times;
    else more += Math.max(0, times - wanted);
  }
  return { foreign, more };
}

function countOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/**
 * Items without an event between others that have theirs, of kinds whose events are traced: a log that
 * was cut lacks its start or its end, and one that was filtered lacks a kind. `places` counts the gaps
 * that sections are missing in, each of which has several events.
 */
function gapsWithin(
  side: Side,
  items: readonly ItemAccount[],
  { marks, strays, keys }: SidePairs,
  records: readonly EventRecord[],
) {
  const pairings = items.map(({ [side]: pairing }) => pairing);
  const statuses = pairings.map(({ status }) => status);
  const [first, last] = [pairings.findIndex(isMatched), pairings.findLastIndex(isMatched)];
  const traced = [...marks.filter((mark) => mark !== undefined), ...strays];
  const shown = new Set(traced.flatMap(({ events }) => events.split(", ")));
  const left = countOf(strays.map(({ key }) => key));
  let devices: ReadonlySet<string> | undefined;
  let [missing, places] = [0, 0];
  let within = false;
  for (let index = first + 1; index < last; index += 1) {
    const key = keys[index]!;
    if (statuses[index] !== "missing" || !shown.has(naming(side, key))) {
      within &&= statuses[index] !== "paired";
      continue;
    }
    // It is there, but at another place.
    const elsewhere = left.get(key) ?? 0;
    left.set(key, elsewhere - 1);
    if (elsewhere > 0) continue;
    const { item } = items[index]!;
    if (item.type === "section-full") {
      devices ??= devicesNamed(records);
      if (devices.has(item.idstr)) continue;
    }
    missing += 1;
    if (!within && key.startsWith("section ")) {
      places += 1;
      within = true;
    }
  }
  // Of some, only the event is missing that says what they are.
  const unnamed = strays.filter((mark) => !isIdentified(mark)).length;
  return { items: Math.max(0, missing - unnamed), places: Math.max(0, places - unnamed) };
}

/** Devices that events besides those of their sections show: these were lost, but the device was there. */
function devicesNamed(records: readonly EventRecord[]): ReadonlySet<string> {
  const names = records.flatMap((record) => {
    const isDevice = /^vmstate_(downtime_)?(save|load)$/.test(record.name);
    return (isDevice && textArgument(record, "idstr")) || [];
  });
  return new Set(names);
}

/** The event that says what an item is, by its key. */
function naming(side: Side, key: string): string {
  if (side === "source") {
    if (key.startsWith("section ")) return "savevm_section_start";
    if (key.startsWith("command ")) return "savevm_command_send";
    return key === SOURCE_SETUP ? "savevm_state_setup" : "savevm_state_header";
  }
  if (key.startsWith("command ")) return "loadvm_process_command";
  if (key === DESTINATION_CONFIGURATION) return "vmstate_load_state";
  if (!key.startsWith("section ")) return "qemu_loadvm_state_section";
  const headed = /^section \d+ /.test(key);
  return headed ? "qemu_loadvm_state_section_startfull" : "qemu_loadvm_state_section_partend";
}

/** Sections of RAM look alike: a trace of another run matches, but counts other numbers of bytes. */
function byteProblems({ items, streamed, source, sent }: JoinedInputs): string[] {
  if (!streamed || !source) return [];
  const all = items.map(({ item }) => item);
  const { counted, wrong } = sectionsThatFit(all, source.pairs, sent);
  if (wrong * 5 <= counted) return [];
  return [
    `the source's trace and the stream are not of one migration: ${wrong} of ${counted} ` +
      "sections of RAM are at other offsets in the stream than the source counted",
  ];
}

/** A trace that shows neither sections nor commands: why, as far as it is known. */
function nothingSent(side: Side, records: readonly EventRecord[], joined: JoinedInputs): string[] {
  const wanted = WANTED[side];
  const sent = joined.streamed || joined.items.length > 0;
  if (!records.some(isOfMigration)) {
    const hint = sent ? ": were they enabled?" : "";
    return [`the ${side}'s trace has no event of a migration, such as ${wanted}${hint}`];
  }
  const states = records.map((record) => textArgument(record, "new_state"));
  const began = sent || states.some((state) => state && !BEFORE_SENDING.has(state));
  if (!began) return [];
  return [
    `the ${side}'s trace shows a migration but none of its sections and commands ` +
      `(${wanted}): were these events enabled?`,
  ];
}

/** Other events also occur in the life of a guest that is never migrated. */
function isOfMigration({ name }: EventRecord): boolean {
  return name !== "vm_state_notify" && relevantEvents.has(name);
}

/** The states of a migration that ended before it sent anything. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "none",
  "setup",
  "failing",
  "failed",
  "cancelling",
  "cancelled",
]);

/** A sentence where no two steady clocks fit both traces; `begin` is when the migration started. */
export function clockProblem(
  clocks: ClockRelation | undefined,
  begin: bigint | undefined,
): string | undefined {
  if (clocks?.verdict !== "broken") return undefined;
  const { contradiction, lower, upper } = clocks;
  const at =
    contradiction === undefined || begin === undefined
      ? ""
      : ` around ${(Number(contradiction - begin) / 1e6).toFixed(3)} ms`;
  const given = lower !== undefined && lower === upper;
  const why = given
    ? "the offset of the clocks that was given is wrong, or the traces are not of one run"
    : "the traces are not of one run, or a clock was set during it";
  return `the clocks contradict each other${at}, where items are read before they are sent: ${why}`;
}
