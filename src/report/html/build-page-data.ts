import type { ItemAccount, MigrationAccount, SidePairing } from "../../analysis/account.js";
import type { StreamItem } from "../../migration/wire/stream-item.js";
import type { Evidence } from "../evidence.js";
import { itemFacts } from "../item-facts.js";
import { isPlaced, originsOf } from "../relative-clock.js";
import { downtimeInterval, extentOf, phasesOf } from "../time-line.js";
import { byteCurves, type SideClocks } from "./byte-curves.js";
import { descriptionOf, deviceStateRows } from "./device-state-rows.js";
import { differences } from "./differences.js";
import { eventColumns } from "./event-columns.js";
import { faultColumns } from "./fault-columns.js";
import type { ItemColumns, PageData, Side, SideColumns, StateRow } from "./page-data.js";
import { StringTable } from "./string-table.js";

/** Rows of device state in one page; a page is to stay small also with thousands of devices. */
const MAX_STATE_ROWS = 12_000;

/** What the page's script draws of an account, and of the events behind it. */
export function buildPageData(account: MigrationAccount, evidence: Evidence): PageData {
  const origins = originsOf(account);
  const clocks = {
    source: (time: bigint) => Number(time - origins.source),
    destination: (time: bigint) => Number(time - origins.destination),
  };
  const whole = wholeOf(account, clocks);
  const { checkpoints } = account.downtime;
  const downtime = downtimeInterval(account);
  const table = new StringTable();
  const side = (name: Side) => {
    const list = evidence[name];
    const since = clocks[name];
    const columns = sideColumns(account.items, name, table, since);
    // Without timestamps no event can be placed.
    if (!list || !extentOf(account, name)) return columns;
    return { ...columns, events: eventColumns(list, account.items, name, table, since, whole) };
  };
  const items: ItemColumns = {
    ...itemColumns(account.items, table),
    source: side("source"),
    destination: side("destination"),
  };
  const { failure } = account.outcome;
  const data = {
    placed: isPlaced(account),
    streamed: account.streamSize !== undefined,
    slack: slackOf(account),
    isAcross: isPlaced(account) && !account.downtime.separateLoad,
    failed: failure?.item === undefined ? undefined : { item: failure.item, side: failure.side },
    ...whole,
    phases: phasesOf(account).map(({ name, start, end }) => ({
      name,
      start: clocks.source(start),
      end: clocks.source(end),
    })),
    downtime: downtime && ([clocks.source(downtime.begin), clocks.source(downtime.end)] as const),
    checkpoints: checkpoints.map(({ name, side, at }) => ({ name, side, at: clocks[side](at) })),
    items,
    faults: faultColumns(account.postcopy?.requests ?? [], table, clocks.destination),
    bytes: byteCurves(account, clocks),
  };
  return { strings: table.strings, ...data };
}

function slackOf({ clocks }: MigrationAccount): readonly [shorter: number, longer: number] {
  const { offset, lower, upper } = clocks ?? {};
  if (offset === undefined || lower === undefined || upper === undefined) return [0, 0];
  return [Number(upper - offset), Number(offset - lower)];
}

/** From the first time of either side to the last. */
function wholeOf(account: MigrationAccount, clocks: SideClocks): { start: number; end: number } {
  const times = SIDES.flatMap((side) => {
    const extent = extentOf(account, side);
    return extent ? [clocks[side](extent.begin), clocks[side](extent.end)] : [];
  });
  if (times.length === 0) return { start: 0, end: 0 };
  return { start: Math.min(...times), end: Math.max(...times) };
}

const SIDES = ["source", "destination"] as const;

function itemColumns(
  items: readonly ItemAccount[],
  table: StringTable,
): Omit<ItemColumns, "source" | "destination"> {
  return {
    labels: items.map(({ label }) => table.add(label)),
    kinds: items.map(({ item }) => kindOf(item)).join(""),
    offsets: differences(items.map(({ item }) => item.offset)),
    sizes: items.map(({ item }) => item.size),
    depths: items.map(({ item }) => item.depth).join(""),
    facts: items.map(({ item }) => itemFacts(item).flatMap((fact) => fact.map(toIndex(table)))),
    states: stateColumns(items, table),
  };
}

function toIndex(table: StringTable) {
  return (text: string) => table.add(text);
}

function kindOf(item: StreamItem): string {
  switch (item.type) {
    case "configuration":
      return "c";
    case "command":
      return "k";
    case "eof":
      return "e";
    case "vm-description":
      return "v";
    default:
      return item.ram || item.type !== "section-full" ? "r" : "d";
  }
}

function stateColumns(
  items: readonly ItemAccount[],
  table: StringTable,
): Record<string, StateRow[]> {
  const description = descriptionOf(items.map(({ item }) => item));
  const states: Record<string, StateRow[]> = {};
  let room = MAX_STATE_ROWS;
  for (const [index, { item }] of items.entries()) {
    if (room <= 0) break;
    const rows = deviceStateRows(item, description)?.slice(0, room);
    if (!rows || rows.length === 0) continue;
    room -= rows.length;
    states[index] = rows.map(({ depth, name, type, value }) => [
      depth,
      table.add(name),
      table.add(type),
      table.add(value),
    ]);
  }
  return states;
}

const STATUSES: Readonly<Record<Exclude<SidePairing["status"], "paired">, string>> = {
  untimed: "t",
  untraced: "u",
  missing: "m",
  "no trace": "n",
};

function statusOf(pairing: SidePairing): string {
  if (pairing.status !== "paired") return STATUSES[pairing.status];
  return pairing.interval === undefined ? "p" : pairing.interval === "bound" ? "b" : "o";
}

function sideColumns(
  items: readonly ItemAccount[],
  side: Side,
  table: StringTable,
  since: (time: bigint) => number,
): SideColumns {
  const pairings = items.map((item) => item[side]);
  const paired = pairings.flatMap((pairing) => (pairing.status === "paired" ? [pairing] : []));
  return {
    statuses: pairings.map(statusOf).join(""),
    starts: differences(paired.map(({ start }) => since(start))),
    durations: paired.map(({ start, end }) => Number(end - start)),
    reasons: pairings.flatMap((pairing) => {
      if (pairing.status === "paired") return [table.add(pairing.how)];
      if (pairing.status === "untimed") return [table.add(pairing.how)];
      return pairing.status === "untraced" ? [table.add(pairing.why)] : [];
    }),
  };
}
