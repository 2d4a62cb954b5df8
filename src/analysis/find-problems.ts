import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, SideSummary } from "./account.js";
import { isPlausiblySent, type SidePairs } from "./pair-items.js";
import { postcopyBegin } from "./postcopy-begin.js";
import type { ClockRelation } from "./relate-clocks.js";
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
  const tells = (side: Side) => records.some(({ name }) => TELLING[side].includes(name));
  return (["source", "destination"] as const).filter(tells);
}

const TELLING: Readonly<Record<Side, readonly string[]>> = {
  source: ["savevm_section_start", "savevm_command_send", "savevm_state_header"],
  destination: ["qemu_loadvm_state_section", "loadvm_process_command"],
};

function sideProblems(
  side: Side,
  { records, summary }: JoinedSide,
  { streamed }: Joined,
): string[] {
  const other = side === "source" ? "destination" : "source";
  const told = sidesTold(records);
  if (!told.includes(side)) {
    if (told.includes(other)) {
      return [`the trace given for the ${side} is one of a ${other}: the two are swapped`];
    }
    const wanted = TELLING[side].slice(0, 2).join(", ");
    return [
      `the ${side}'s trace holds no event of a migration, such as ${wanted}: were they enabled?`,
    ];
  }
  const { expected, paired, strays } = summary;
  if (!streamed || paired * 2 >= expected || strays.length * 2 < paired) return [];
  return [
    `the ${side}'s trace and the stream are not of one migration: ` +
      `of ${expected} items only ${paired} pair, and ${strays.length} others are traced`,
  ];
}

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
