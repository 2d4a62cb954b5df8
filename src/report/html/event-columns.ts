import type { ItemAccount } from "../../analysis/account.js";
import { partitionPoint } from "../../analysis/partition-point.js";
import type { EventList } from "../evidence.js";
import type { EventColumns, Side } from "./page-data.js";
import type { StringTable } from "./string-table.js";

/** Events of one side that a page holds one by one, and the characters of their arguments. */
const MAX_EVENTS = 60_000;
const MAX_TEXT = 900_000;
/** Of one item, however few items there are. */
const MAX_PER_ITEM = 80;
const BUCKETS = 1200;

/** The events within each item's time at one side: the first ones, and how many there are. */
export function eventColumns(
  list: EventList,
  items: readonly ItemAccount[],
  side: Side,
  table: StringTable,
  since: (time: bigint) => number,
  whole: Stretch,
): EventColumns {
  const times = Float64Array.from({ length: list.count }, (_, index) => since(list.at(index)));
  const perItem = Math.min(MAX_PER_ITEM, Math.ceil(MAX_EVENTS / Math.max(1, items.length)));
  const columns = { counts: [], kept: [], times: [], names: [], texts: [] } as Columns;
  let spent = 0;
  for (const [number, { [side]: pairing }] of items.entries()) {
    // What items before it have not used is an item's, too; none uses what is for those behind it.
    const room = (MAX_TEXT * (number + 1)) / items.length;
    const span = pairing.status === "paired" ? pairing : undefined;
    const first = span ? firstFrom(times, since(span.start)) : 0;
    const behind = span ? firstFrom(times, since(span.end) + 1) : 0;
    const kept = Math.min(behind - first, perItem);
    columns.counts.push(behind - first);
    columns.kept.push(kept);
    for (let index = first; index < first + kept; index++) {
      const told = list.text(index);
      const text = table.has(told) || spent < room ? told : "";
      if (!table.has(text)) spent += text.length;
      columns.times.push(times[index]! - since(span!.start));
      columns.names.push(table.add(list.name(index)));
      columns.texts.push(table.add(text));
    }
  }
  return { total: list.count, ...columns, density: densityOf(times, whole) };
}

type Columns = {
  [name in "counts" | "kept" | "times" | "names" | "texts"]: number[];
};

interface Stretch {
  readonly start: number;
  readonly end: number;
}

function densityOf(times: Float64Array, { start, end }: Stretch): number[] {
  const density = new Array<number>(BUCKETS).fill(0);
  for (const time of times) {
    const bucket = Math.floor(((time - start) / Math.max(1, end - start)) * (BUCKETS - 1));
    if (bucket >= 0 && bucket < BUCKETS) density[bucket]! += 1;
  }
  return density;
}

/** The first index whose time is not before `time`. */
function firstFrom(times: Float64Array, time: number): number {
  return partitionPoint(times.length, (index) => times[index]! >= time);
}
