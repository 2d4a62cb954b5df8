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

/** More runs than these are compared in order only, where a step more or less hides the rest. */
const MAX_RUNS = 4000;

/**
 * Compares two streams item by item: runs of the same kind are drawn together, and those of both
 * are put beside each other by their longest common subsequence.
 */
export function diffItems(a: readonly StreamItem[], b: readonly StreamItem[]): ItemRun[] {
  const [left, right] = [runsOf(a), runsOf(b)];
  const common = commonRuns(left, right);
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

/** Pairs of indices of the longest common subsequence. */
function commonRuns(a: readonly Run[], b: readonly Run[]): [number, number][] {
  if (a.length > MAX_RUNS || b.length > MAX_RUNS) {
    return a.flatMap((run, index): [number, number][] =>
      run.what === b[index]?.what ? [[index, index]] : [],
    );
  }
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i]!.what === b[j]!.what
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]!.what === b[j]!.what) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1;
    else j += 1;
  }
  return pairs;
}
