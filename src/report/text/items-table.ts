import type { ItemAccount, MigrationAccount, SidePairing } from "../../analysis/account.js";
import { failedItem } from "../failure-place.js";
import {
  type Clock,
  destinationClock,
  isPlaced,
  OWN_CLOCK,
  relativeClock,
} from "../relative-clock.js";
import { timeText } from "../slowest-devices.js";
import { type Column, formatTable } from "../table.js";
import { formatOffset } from "../units.js";

/** Where an item stands, which only the stream tells. */
const placeColumns: readonly Column<ItemAccount>[] = [
  { title: "offset", align: "right", cell: ({ item }) => formatOffset(item.offset) },
  { title: "bytes", align: "right", cell: ({ item }) => String(item.size), spare: true },
];

/** From this width on there is room for long titles. */
const ROOMY = 90;
const SHORT = { source: "sent ms", destination: "read ms" } as const;

/** Every item, and when it was sent and read. */
export function itemsTable(account: MigrationAccount, width: number): string {
  if (account.items.length === 0) return "";
  const clocks = { source: relativeClock(account), destination: destinationClock(account) };
  const columns: Column<ItemAccount>[] = [
    ...(account.streamSize === undefined ? [] : placeColumns),
    { title: "item", cell: ({ item, label }) => "  ".repeat(item.depth) + label },
  ];
  for (const side of ["source", "destination"] as const) {
    if (!account[side]) continue;
    const own = side === "destination" && !isPlaced(account) ? "*" : "";
    const title = `${width < ROOMY ? SHORT[side] : `${side} ms`}${own}`;
    columns.push(
      { title, align: "right", cell: (row) => startOf(row[side], clocks[side]) },
      { title: "took ms", align: "right", cell: (row) => durationOf(row[side]) },
    );
  }
  const failed = failedItem(account);
  if (failed) columns.push({ title: "", cell: (row) => (row === failed ? "failed here" : "") });
  const note = isPlaced(account) ? "" : `* ${OWN_CLOCK}\n`;
  return `Items\n${formatTable(account.items, columns, width)}${note}`;
}

function startOf(pairing: SidePairing, clock: Clock): string {
  switch (pairing.status) {
    case "paired":
      return clock(pairing.start);
    case "untraced":
      return "·";
    case "untimed":
      return "–";
    default:
      return "?";
  }
}

function durationOf(pairing: SidePairing): string {
  if (pairing.status !== "paired") return "";
  if (pairing.interval === "open") return "?";
  return timeText(pairing.end - pairing.start, pairing.interval === "bound");
}
