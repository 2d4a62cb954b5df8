import type { DeviceTimes, MigrationAccount } from "../../analysis/account.js";
import { longest, slowestFirst, timeText } from "../slowest-devices.js";
import { type Column, formatTable } from "../table.js";
import { formatMilliseconds } from "../units.js";

/** Devices that are listed where the table of items shows the others. */
const LISTED = 10;

const columns: readonly Column<DeviceTimes>[] = [
  {
    title: "save ms",
    align: "right",
    cell: ({ save, saveIsBound }) => timeText(save, saveIsBound),
  },
  {
    title: "load ms",
    align: "right",
    cell: ({ load, loadIsBound }) => timeText(load, loadIsBound),
  },
];

const bytesColumn: Column<DeviceTimes> = {
  title: "bytes",
  align: "right",
  cell: ({ bytes }) => (bytes === undefined ? "–" : String(bytes)),
  spare: true,
};

const postcopyColumns: readonly Column<DeviceTimes>[] = (["save", "load"] as const).map((what) => ({
  title: `${what} in postcopy ms`,
  align: "right",
  cell: ({ postcopy }) => (postcopy ? timeText(postcopy[what]) : ""),
  spare: true,
}));

/** The devices by how long they took at the switchover, the slowest first. */
export function devicesTable(account: MigrationAccount, width: number): string {
  const { devices, items, streamSize } = account;
  const timed = devices.filter(
    ({ save, load, postcopy }) => save !== undefined || load !== undefined || postcopy,
  );
  if (timed.length === 0) return "";
  const sorted = slowestFirst(timed);
  const isShown = ({ postcopy }: DeviceTimes, index: number) => index < LISTED || postcopy;
  const shown = items.length === 0 ? sorted : sorted.filter(isShown);
  const table = formatTable(
    shown,
    [
      ...columns,
      ...(timed.some(({ postcopy }) => postcopy) ? postcopyColumns : []),
      ...(streamSize === undefined ? [] : [bytesColumn]),
      { title: "device", cell: ({ name }) => name },
    ],
    width,
  );
  const rest = sorted.filter((device) => !shown.includes(device));
  const others = rest[0]
    ? `${rest.length} ${rest.length === 1 ? "other" : "others"} took at most ${formatMilliseconds(longest(rest[0]))} ms\n`
    : "";
  return `Devices, the slowest first\n${table}${others}`;
}
