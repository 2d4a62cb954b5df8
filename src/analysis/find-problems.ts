import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, SideSummary } from "./account.js";
import { textArgument } from "./mark.js";
import { isPlausiblySent, type SidePairs } from "./pair-items.js";
import { postcopyBegin } from "./postcopy-begin.js";
import type { ClockRelation } from "./relate-clocks.js";
import { relevantEvents } from "./relevant-events.js";
import type { SentBytes } from "./sent-bytes.js";

/** What is looked at for signs that the inputs are not of one migration. */
export interface Joined {
  readonly items: readonly ItemAccount[];
  /** Whether the items are those of a stream. */
  readonly streamed: boolean;
  readonly source: JoinedSide | undefined;
  readonly destination: JoinedSide | undefined;
  readonly sourcePairs: SidePairs;
  readonly sent: SentBytes;
  readonly clocks: ClockRelation | undefined;
  /** When the migration began, on the source's clock. */
  readonly begin: bigint | undefined;
}

export interface JoinedSide {
  readonly records: readonly EventRecord[];
  readonly summary: SideSummary;
}

/** What shows that the inputs do not belong together, a sentence each. */
export function findProblems(joined: Joined): string[] {
  const { source, destination } = joined;
  const atSource = source ? sideProblems("source", source, joined) : [];
  return [
    ...atSource,
    ...(destination ? sideProblems("destination", destination, joined) : []),
    ...(atSource.length > 0 ? [] : byteProblems(joined)),
    ...clockProblems(joined),
  ];
}

type Side = "source" | "destination";

/** Whether a trace tells of a migration's source, its destination, both one after another, or neither. */
export function sidesTold(records: readonly EventRecord[]): readonly Side[] {
  const tells = (side: Side) =>
    records.some(
      (record) =>
        TELLING[side].includes(record.name) ||
        textArgument(record, "checkpoint")?.startsWith(CHECKPOINTS[side]),
    );
  return (["source", "destination"] as const).filter(tells);
}

const TELLING: Readonly<Record<Side, readonly string[]>> = {
  source: [
    "savevm_section_start",
    "savevm_command_send",
    "savevm_state_header",
    "vmstate_downtime_save",
  ],
  destination: ["qemu_loadvm_state_section", "loadvm_process_command", "vmstate_downtime_load"],
};

/** How the names of a side's downtime checkpoints start. */
const CHECKPOINTS: Readonly<Record<Side, string>> = { source: "src-", destination: "dst-" };

function sideProblems(side: Side, { records, summary }: JoinedSide, joined: Joined): string[] {
  const { streamed } = joined;
  const other = side === "source" ? "destination" : "source";
  const told = sidesTold(records);
  if (!told.includes(side)) {
    if (told.includes(other)) {
      return [`the trace given for the ${side} is one of a ${other}: the two are swapped`];
    }
    return nothingSent(side, records, joined);
  }
  const { expected, paired, strays } = summary;
  if (!streamed || paired * 2 >= expected || strays.length * 2 < paired) return [];
  return [
    `the ${side}'s trace and the stream are not of one migration: ` +
      `of ${expected} items only ${paired} pair, and ${strays.length} others are traced`,
  ];
}

/** A trace that shows neither sections nor commands: why, as far as it is known. */
function nothingSent(side: Side, records: readonly EventRecord[], joined: Joined): string[] {
  const wanted = TELLING[side].slice(0, 2).join(", ");
  const sent = joined.streamed || joined.items.length > 0;
  if (!records.some(isOfMigration)) {
    const hint = sent ? ": were they enabled?" : "";
    return [`the ${side}'s trace holds no event of a migration, such as ${wanted}${hint}`];
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

/** Sections of RAM look alike: a trace of another run pairs, but tells other numbers of bytes. */
function byteProblems({ items, streamed, sourcePairs, sent }: Joined): string[] {
  if (!streamed) return [];
  const precopy = items.slice(0, postcopyBegin(items.map(({ item }) => item)));
  const told = precopy.flatMap(({ item }, index) => {
    const mark = sourcePairs.marks[index];
    const fits = mark && isPlausiblySent(item, mark, sent);
    return fits === undefined ? [] : [fits];
  });
  const wrong = told.filter((fits) => !fits).length;
  if (wrong * 5 <= told.length) return [];
  return [
    `the source's trace and the stream are not of one migration: ${wrong} of ${told.length} ` +
      "sections of RAM stand elsewhere in the stream than the source tells",
  ];
}

function clockProblems({ clocks, begin }: Joined): string[] {
  if (clocks?.verdict !== "broken") return [];
  const { contradiction } = clocks;
  const at =
    contradiction === undefined || begin === undefined
      ? ""
      : ` around ${(Number(contradiction - begin) / 1e6).toFixed(3)} ms`;
  return [
    `the clocks contradict each other${at}, where items are read before they are sent: ` +
      "the traces are not of one run, or a clock was set in between",
  ];
}
