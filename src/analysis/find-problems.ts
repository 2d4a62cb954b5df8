import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, SideSummary } from "./account.js";
import { type Side, sideOf } from "./attempts.js";
import { textArgument } from "./mark.js";
import { type SidePairs, sectionsThatFit } from "./pair-items.js";
import type { ClockRelation } from "./relate-clocks.js";
import { relevantEvents } from "./relevant-events.js";
import type { SentBytes } from "./sent-bytes.js";

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

/** Whether a trace is of a migration's source, its destination, both one after another, or neither. */
export function sidesTold(records: readonly EventRecord[]): readonly Side[] {
  const found = new Set(records.map(sideOf));
  return (["source", "destination"] as const).filter((side) => found.has(side));
}

/** The events to trace first of all, by side. */
const WANTED: Readonly<Record<Side, string>> = {
  source: "savevm_section_start, savevm_command_send",
  destination: "qemu_loadvm_state_section, loadvm_process_command",
};

function sideProblems(side: Side, joinedSide: JoinedSide, joined: JoinedInputs): string[] {
  const { records } = joinedSide;
  const other = side === "source" ? "destination" : "source";
  const told = sidesTold(records);
  if (!told.includes(side)) {
    if (told.includes(other)) {
      return [`the trace given for the ${side} is one of a ${other}: the two are swapped`];
    }
    return nothingSent(side, records, joined);
  }
  const difference = differenceOf(side, joinedSide, joined);
  if (!difference) return [];
  const inputs = joined.streamed
    ? `the ${side}'s trace and the stream`
    : "the source's trace and the destination's";
  return [`${inputs} are not of one migration: ${difference}`];
}

/** Fewer differences than this, or than this share of what matches, can be lost events. */
const FEW = 3;
const SHARE = 0.1;

function areMany(differences: number, matched: number, few = FEW): boolean {
  return differences >= Math.max(few, matched * SHARE);
}

/** How a side's trace differs from the items, in words; undefined where it does not. */
function differenceOf(
  side: Side,
  { pairs, summary }: JoinedSide,
  { items, streamed, destination }: JoinedInputs,
): string | undefined {
  // Without a stream the destination's trace is where the items come from.
  if (!streamed && (side === "destination" || !destination)) return undefined;
  const { paired, expected } = summary;
  const left = pairs.strays.length;
  if (paired * 2 < expected && left >= FEW && left * 2 >= paired) {
    return `of ${expected} items only ${paired} match, and ${left} others are traced`;
  }
  // A stream that was cut lacks what comes after its end.
  const complete = items.some(({ item }) => item.type === "eof");
  const surplus = complete ? surplusOf(pairs) : 0;
  if (surplus > 0) {
    const other = streamed ? "stream" : "destination";
    return `${surplus} sections and commands are traced that the ${other} does not have`;
  }
  const gaps = gapsWithin(side, items);
  if (!areMany(gaps, paired)) return undefined;
  return `${gaps} items are missing in the trace between others that match`;
}

/** Sections and commands that a trace has and the items have not, if they are too many to be chance. */
function surplusOf({ marks, strays }: SidePairs): number {
  const matched = countKeys(marks.filter((mark) => mark !== undefined));
  const left = countKeys(strays.filter(({ key }) => /^(section|command) /.test(key)));
  const unknown = [...left].filter(([key]) => !matched.has(key));
  const foreign = unknown.reduce((sum, [, count]) => sum + count, 0);
  const total = [...matched.values()].reduce((sum, count) => sum + count, 0);
  // A section of memory has several events: that all of them are lost twice is no chance.
  const more = [...left].filter(([key, count]) =>
    areMany(count, matched.get(key) ?? Number.POSITIVE_INFINITY, FEW - 1),
  );
  const surplus = more.reduce((sum, [, count]) => sum + count, 0);
  return surplus + (areMany(foreign, total) ? foreign : 0);
}

function countKeys(marks: readonly { readonly key: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of marks) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/**
 * Items without an event between others that have theirs, of kinds of which others have theirs: a log
 * that was cut lacks its start or its end, and one that was filtered lacks a kind.
 */
function gapsWithin(side: Side, items: readonly ItemAccount[]): number {
  const statuses = items.map(({ [side]: { status } }) => status);
  const isMatched = (status: string) => status === "paired" || status === "untimed";
  const [first, last] = [statuses.findIndex(isMatched), statuses.findLastIndex(isMatched)];
  const kinds = new Set(
    items.filter((_, index) => isMatched(statuses[index]!)).map(({ item }) => item.type),
  );
  return statuses.filter(
    (status, index) =>
      status === "missing" && index > first && index < last && kinds.has(items[index]!.item.type),
  ).length;
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
