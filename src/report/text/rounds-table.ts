import type { MigrationAccount, Round } from "../../analysis/account.js";
import { relativeClock } from "../relative-clock.js";
import { sentIn } from "../sent-in.js";
import { type Column, formatTable } from "../table.js";
import { formatBytes, formatMilliseconds } from "../units.js";

/** Rounds at each end that have a row; several in between share one. */
const SHOWN = 12;

/** A row of the table: one round, or several that follow each other. */
type Row = Omit<Round, "number"> & {
  readonly name: string;
  readonly sent: number | undefined;
};

/** The rounds over dirty memory. */
export function roundsTable(account: MigrationAccount, width: number): string {
  const { rounds } = account;
  if (rounds.length === 0) return "";
  const clock = relativeClock(account);
  const rows = foldMiddle(rounds, account.streamSize !== undefined);
  const columns: Column<Row>[] = [
    { title: "round", align: "right", cell: (row) => row.name },
    { title: "syncs", align: "right", cell: (row) => String(row.syncs), spare: true },
    { title: "start ms", align: "right", cell: (row) => clock(row.start), spare: true },
    { title: "ms", align: "right", cell: (row) => tookText(row) },
    { title: "dirty at start", align: "right", cell: dirtyText },
    { title: "sent", align: "right", cell: ({ sent }) => bytesText(sent) },
    { title: "per second", align: "right", cell: ({ rate }) => bytesText(rate) },
    { title: "pages", align: "right", cell: (row) => countText(row.pages) },
    { title: "zero", align: "right", cell: (row) => countText(row.zeroPages) },
    { title: "sections", align: "right", cell: (row) => String(row.sections), spare: true },
    { title: "converges", cell: convergesText },
  ];
  return `Rounds\n${formatTable(rows, columns, width)}`;
}

function tookText({ start, end }: Row): string {
  return start === undefined || end === undefined ? "–" : formatMilliseconds(end - start);
}

function dirtyText({ name, pending }: Row): string {
  if (pending !== undefined) return formatBytes(pending);
  return name === "1" ? "all" : "–";
}

function countText(count: number | undefined): string {
  return count === undefined ? "–" : String(count);
}

function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? "–" : formatBytes(bytes);
}

function convergesText({ converging, complete }: Row): string {
  if (complete === false) return "not complete";
  return converging === undefined ? "–" : converging ? "yes" : "no";
}

function foldMiddle(rounds: readonly Round[], streamed: boolean): Row[] {
  const rows = rounds.map(
    (round): Row => ({
      ...round,
      name: String(round.number),
      sent: sentIn(round, streamed),
    }),
  );
  const middle = rows.slice(SHOWN, -SHOWN);
  if (middle.length <= 1) return rows;
  return [...rows.slice(0, SHOWN), addUp(middle), ...rows.slice(-SHOWN)];
}

function addUp(rows: readonly Row[]): Row {
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const told = (of: (row: Row) => number | undefined) =>
    rows.some((row) => of(row) === undefined) ? undefined : sum((row) => of(row) ?? 0);
  const sent = told((row) => row.sent);
  const seconds =
    last.end === undefined || first.start === undefined ? 0 : Number(last.end - first.start) / 1e9;
  return {
    ...first,
    name: `${first.name}–${last.name}`,
    end: seconds < 0 ? undefined : last.end,
    transferred: told((row) => row.transferred),
    sent,
    bytes: sum((row) => row.bytes),
    pages: told((row) => row.pages),
    zeroPages: told((row) => row.zeroPages),
    sections: sum((row) => row.sections),
    syncs: sum((row) => row.syncs),
    rate: seconds > 0 && sent !== undefined ? Math.round(sent / seconds) : undefined,
    converging:
      first.pending === undefined || last.pending === undefined
        ? undefined
        : last.pending < first.pending,
  };
}
