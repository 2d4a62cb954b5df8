import { diffArrays } from "diff";
import { isSection, type StreamItem } from "./stream-item.js";

/** Items of one kind that follow each other, in one stream or in both. */
export interface ItemRun {
  readonly in: "a" | "b" | "both";
  /** Such as `section-part ram`, `command PING`. */
  readonly what: string;
  /** How many items, and their bytes, in either stream; 0 where it has none. */
  readonly a: RunSize;
  readonly b: RunSize;
}

/** How much a run is. */
export interface RunSize {
  readonly items: number;
  readonly bytes: number;
}

const NOTHING: RunSize = { items: 0, bytes: 0 };

/** Runs that only one of two streams has, up to which the longest common subsequence is looked for. */
export const MAX_ALONE = 4000;

/**
 * Compares two streams item by item: runs of the same kind are drawn together, and those of both
 * are put beside each other by their longest common subsequence. Where more than `MAX_ALONE` runs are
 * in one stream only, that would take too long: `inOrder` is called, and runs stand beside each other
 * that have the same number, where one more or less hides the rest.
 */
export function diffItems(
  a: readonly StreamItem[],
  b: readonly StreamItem[],
  inOrder: () => void = () => {},
): ItemRun[] {
  const [left, right] = [runsOf(a), runsOf(b)];
  let common = commonRuns(left, right);
  if (!common) {
    inOrder();
    common = sameNumbers(left, right);
  }
  const runs: ItemRun[] = [];
  let [atA, atB] = [0, 0];
  const alone = (endA: number, endB: number) => {
    for (; atA < endA; atA += 1) runs.push(oneSided("a", left[atA]!));
    for (; atB < endB; atB += 1) runs.push(oneSided("b", right[atB]!));
  };
  for (const [nextA, nextB] of common) {
    alone(nextA, nextB);
    runs.push({ in: "both", what: left[atA]!.what, a: left[atA]!.size, b: right[atB]!.size });
    atA += 1;
    atB += 1;
  }
  alone(left.length, right.length);
  return runs;
}

interface Run {
  readonly what: string;
  size: RunSize;
}

function oneSided(side: "a" | "b", { what, size }: Run): ItemRun {
  return side === "a"
    ? { in: "a", what, a: size, b: NOTHING }
    : { in: "b", what, a: NOTHING, b: size };
}

function runsOf(items: readonly StreamItem[]): Run[] {
  const runs: Run[] = [];
  for (const item of items) {
    const what = kindOf(item);
    const last = runs.at(-1);
    if (last?.what !== what) runs.push({ what, size: { items: 1, bytes: item.size } });
    else last.size = { items: last.size.items + 1, bytes: last.size.bytes + item.size };
  }
  return runs;
}

function kindOf(item: StreamItem): string {
  if (isSection(item)) return `${item.type} ${item.idstr} ${item.instanceId}`;
  if (item.type === "command") return `command ${item.command.name}`;
  return item.type === "configuration" ? `configuration ${item.machine}` : item.type;
}

/** Pairs of indices. */
type Pairs = [number, number][];

/** The longest common subsequence; undefined where too much of either is not in it. */
function commonRuns(a: readonly Run[], b: readonly Run[]): Pairs | undefined {
  const [left, right] = [a, b].map((runs) => runs.map(({ what }) => what));
  const changes = diffArrays(left!, right!, { maxEditLength: MAX_ALONE });
  if (!changes) return undefined;
  const pairs: Pairs = [];
  let [atA, atB] = [0, 0];
  for (const { added, removed, count } of changes) {
    if (added) atB += count;
    else if (removed) atA += count;
    else for (const end = atA + count; atA < end; ) pairs.push([atA++, atB++]);
  }
  return pairs;
}

function sameNumbers(a: readonly Run[], b: readonly Run[]): Pairs {
  return a.flatMap((run, index): Pairs => (run.what === b[index]?.what ? [[index, index]] : []));
}
