import type { MigrationAccount } from "../../analysis/account.js";
import { type Column, formatTable } from "../table.js";
import { formatMilliseconds } from "../units.js";
import { relativeClock } from "./relative-clock.js";

/** A row of the path is shown from this share of the downtime on. */
const NOTABLE = 0.01;

/** What the downtime was spent on, the small change added up in one row. */
export function pathTable(account: MigrationAccount, width: number): string {
  const { path, guest } = account.downtime;
  if (path.length === 0 || !guest) return "";
  const share = (length: bigint) => Number(length) / Number(guest);
  const rows = path.map(({ side, kind, what, start, end }) => ({
    side: side as string,
    what: fitting(`${kind} ${what}`, width - BESIDE),
    length: end - start,
  }));
  const shown = rows.filter((row) => share(row.length) >= NOTABLE);
  const rest = rows.filter((row) => share(row.length) < NOTABLE);
  const others = rest.reduce((sum, row) => sum + row.length, 0n);
  if (rest.length > 0)
    shown.push({
      side: "",
      what: rest.length === 1 ? "a shorter one" : `${rest.length} shorter ones`,
      length: others,
    });
  const columns: Column<(typeof shown)[number]>[] = [
    { title: "ms", align: "right", cell: (row) => formatMilliseconds(row.length) },
    { title: "share", align: "right", cell: (row) => `${Math.round(share(row.length) * 100)} %` },
    {
      title: "",
      cell: (row) => "█".repeat(Math.round(share(row.length) * 20)).padEnd(10),
      spare: true,
    },
    { title: "side", cell: (row) => row.side },
    { title: "at", cell: (row) => row.what },
  ];
  return `What the downtime was spent on, in order\n${formatTable(shown, columns, width)}`;
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
  const clock = relativeClock(account);
  const rows = checkpoints.map((checkpoint, index) => ({
    ...checkpoint,
    since: index === 0 ? 0n : checkpoint.at - checkpoints[index - 1]!.at,
  }));
  return `Downtime, checkpoint by checkpoint\n${formatTable(rows, [
    { title: "at ms", align: "right", cell: (row) => clock(row.at) },
    { title: "+ms", align: "right", cell: (row) => formatMilliseconds(row.since) },
    { title: "checkpoint", cell: (row) => row.name },
  ])}`;
}
