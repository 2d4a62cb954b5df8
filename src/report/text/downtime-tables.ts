import type { Bounds, MigrationAccount } from "../../analysis/account.js";
import { hasShares } from "../../analysis/advise.js";
import { destinationClock, isPlaced, OWN_CLOCK, relativeClock } from "../relative-clock.js";
import { type Column, formatTable } from "../table.js";
import { formatBounds, formatMilliseconds } from "../units.js";

/** A row of the path is shown from this share of the downtime on. */
const NOTABLE = 0.01;

/** What the downtime was spent on, the small change added up in one row. */
export function pathTable(account: MigrationAccount, width: number): string {
  const { path } = account.downtime;
  if (path.length === 0) return "";
  const total = Number(path.at(-1)!.end - path[0]!.start);
  const share = (length: bigint) => Number(length) / total;
  const shared = hasShares(account.downtime);
  const rows = path.map(({ side, kind, what, start, end, bounds }) => ({
    crosses: bounds !== undefined,
    side: side as string,
    what: fitting(`${kind} ${what}`, width - BESIDE) + rangeText(bounds),
    length: end - start,
  }));
  const isShown = (row: (typeof rows)[number]) => row.crosses || share(row.length) >= NOTABLE;
  const shown = rows.filter(isShown);
  const rest = rows.filter((row) => !isShown(row));
  const others = rest.reduce((sum, row) => sum + row.length, 0n);
  if (rest.length > 0)
    shown.push({
      crosses: false,
      side: "",
      what: rest.length === 1 ? "a shorter one" : `${rest.length} shorter ones`,
      length: others,
    });
  const shareColumns: Column<(typeof shown)[number]>[] = [
    { title: "share", align: "right", cell: (row) => shareText(share(row.length), row.crosses) },
    {
      title: "",
      cell: (row) => "█".repeat(Math.round(share(row.length) * 20)).padEnd(10),
      spare: true,
    },
  ];
  const columns: Column<(typeof shown)[number]>[] = [
    {
      title: "ms",
      align: "right",
      cell: (row) => `${row.crosses ? "~" : ""}${formatMilliseconds(row.length)}`,
    },
    ...(shared ? shareColumns : []),
    { title: "side", cell: (row) => row.side },
    { title: "at", cell: (row) => row.what },
  ];
  return `What the downtime was spent on, in order\n${formatTable(shown, columns, width)}`;
}

/** 100 % is only shown of a row that is all of the path. */
function shareText(share: number, crosses: boolean): string {
  const percent = Math.round(share * 100);
  return `${crosses ? "~" : ""}${share < 1 ? Math.min(99, percent) : percent} %`;
}

/** The bounds of a row that starts by one side's clock and ends by the other's. */
function rangeText(bounds: Bounds | undefined): string {
  return bounds ? ` (${formatBounds(bounds.lower, bounds.upper)})` : "";
}

/** What the other columns of a row take. */
const BESIDE = 38;

/** A text that would be too long, without the devices' bus addresses. */
function fitting(text: string, room: number): string {
  return text.length > room
    ? text.replace(/\b[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d\//g, "")
    : text;
}

/** The checkpoints of both sides, and how far apart they are. */
export function checkpointTable(account: MigrationAccount): string {
  const { checkpoints } = account.downtime;
  if (checkpoints.length === 0) return "";
  const clocks = { source: relativeClock(account), destination: destinationClock(account) };
  const own = isPlaced(account) ? "" : "*";
  const { lower, upper } = account.clocks ?? {};
  const exact = lower !== undefined && lower === upper;
  const rows = checkpoints.map((checkpoint, index) => {
    const before = checkpoints[index - 1];
    const known = before !== undefined && (exact || before.side === checkpoint.side);
    return { ...checkpoint, since: known ? checkpoint.at - before.at : undefined };
  });
  return `Downtime, checkpoint by checkpoint\n${formatTable(rows, [
    { title: "at ms", align: "right", cell: ({ side, at }) => atText(clocks[side](at), side) },
    {
      title: "+ms",
      align: "right",
      cell: ({ since }) => (since === undefined ? "" : formatMilliseconds(since)),
    },
    { title: "checkpoint", cell: (row) => row.name },
  ])}${own && `* ${OWN_CLOCK}\n`}`;

  function atText(text: string, side: string): string {
    return side === "destination" ? `${text}${own}` : text;
  }
}
