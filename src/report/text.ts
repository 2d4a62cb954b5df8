import type {
  ItemAccount,
  MigrationAccount,
  SidePairing,
  SideSummary,
} from "../analysis/account.js";
import { type Column, formatTable } from "./table.js";
import { formatBytes, formatDuration, formatMilliseconds, formatOffset } from "./units.js";

/** The account for a terminal: a summary first, then rounds, downtime and every item. */
export function textReport(account: MigrationAccount): string {
  const sections = [
    summary(account),
    roundsTable(account),
    pathTable(account),
    downtimeTable(account),
    itemsTable(account),
    unpaired(account),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

type Clock = (time: bigint | undefined) => string;

/** Times are shown in milliseconds since the migration began. */
function relativeClock({ begin, items }: MigrationAccount): Clock {
  const first = items.flatMap(({ source, destination }) =>
    [source, destination].flatMap((pairing) =>
      pairing.status === "paired" ? [pairing.start] : [],
    ),
  )[0];
  const origin = begin ?? first ?? 0n;
  return (time) => (time === undefined ? "–" : formatMilliseconds(time - origin));
}

function summary(account: MigrationAccount): string {
  const { begin, end, downtime, switchoverStart } = account;
  const clock = relativeClock(account);
  const lines: [string, string][] = [
    ["machine", account.machine ?? "not told"],
    ["stream", streamLine(account)],
  ];
  if (begin !== undefined && end !== undefined)
    lines.push(["total time", formatDuration(end - begin)]);
  lines.push(["rounds", account.rounds.length > 0 ? String(account.rounds.length) : "not told"]);
  lines.push(["switchover", switchover(switchoverStart, clock)]);
  if (downtime.guest !== undefined) {
    lines.push([
      "downtime",
      `${formatDuration(downtime.guest)}, from the guest's stop at the source to its run at the destination`,
    ]);
  }
  if (downtime.reported !== undefined) {
    lines.push([
      "",
      `${formatDuration(downtime.reported)} as the source measures it (query-migrate)`,
    ]);
  }
  lines.push(["paired", pairedShare("source", account.source)]);
  lines.push(["", pairedShare("destination", account.destination)]);
  if (account.clocks) lines.push(["clocks", clocksLine(account.clocks, clock)]);
  for (const [index, advice] of account.advice.entries()) {
    lines.push([index === 0 ? "note" : "", advice]);
  }
  return lines.map(([name, text]) => `${name.padEnd(11)} ${text}\n`).join("");
}

function streamLine({ streamSize, items }: MigrationAccount): string {
  if (streamSize !== undefined) return `${formatBytes(streamSize)} in ${items.length} items`;
  return `not given; ${items.length} items by what the traces tell`;
}

function switchover(start: MigrationAccount["switchoverStart"], clock: Clock): string {
  if (!start) return "no SWITCHOVER_START in the stream";
  const { offset, sent, received } = start;
  const where = offset === undefined ? "" : ` at byte ${formatOffset(offset)}`;
  return `SWITCHOVER_START${where}, sent at ${clock(sent)} ms, read at ${clock(received)} ms`;
}

function pairedShare(side: string, summary: SideSummary | undefined): string {
  if (!summary) return `${side}: no trace`;
  const { paired, expected, strays } = summary;
  const rest = strays.length > 0 ? `; ${strays.length} traced without an item` : "";
  return `${side}: ${paired} of the ${expected} items that QEMU traces there${rest}`;
}

function clocksLine(clocks: NonNullable<MigrationAccount["clocks"]>, clock: Clock): string {
  const { verdict, offset, drift, lower, upper, contradiction } = clocks;
  const bound = (value: bigint | undefined) => (value === undefined ? "–" : formatDuration(value));
  const bounds = `between ${bound(lower)} and ${bound(upper)}`;
  const drifting = drift === 0 ? "" : `, and drifts by ${drift.toFixed(1)} ppm`;
  switch (verdict) {
    case "one":
      return `one clock serves both traces (causality allows an offset ${bounds})`;
    case "two":
      return `the destination's is ${formatDuration(offset)} ahead (${bounds})${drifting}`;
    case "broken":
      return `contradictory around ${clock(contradiction)} ms: items are read before they are sent`;
  }
}

function roundsTable(account: MigrationAccount): string {
  if (account.rounds.length === 0) return "";
  const clock = relativeClock(account);
  return `Rounds\n${formatTable(account.rounds, [
    { title: "round", align: "right", cell: (round) => String(round.number) },
    { title: "start ms", align: "right", cell: (round) => clock(round.start) },
    { title: "ms", align: "right", cell: (round) => formatMilliseconds(round.end - round.start) },
    {
      title: "dirty at start",
      align: "right",
      cell: (round) => (round.pending === undefined ? "all" : formatBytes(round.pending)),
    },
    { title: "sections", align: "right", cell: (round) => String(round.sections) },
    { title: "sent", align: "right", cell: (round) => formatBytes(round.bytes) },
    { title: "pages", align: "right", cell: (round) => String(round.pages) },
    { title: "zero pages", align: "right", cell: (round) => String(round.zeroPages) },
  ])}`;
}

/** A row of the path is shown from this share of the downtime on. */
const NOTABLE = 0.01;

/** What the downtime was spent on, the small change added up in one row. */
function pathTable(account: MigrationAccount): string {
  const { path, guest } = account.downtime;
  if (path.length === 0 || !guest) return "";
  const share = (length: bigint) => Number(length) / Number(guest);
  const rows = path.map(({ side, kind, what, start, end }) => ({
    side: side as string,
    what: `${kind} ${what}`,
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
  return `What the downtime was spent on, in order\n${formatTable(shown, [
    { title: "ms", align: "right", cell: (row) => formatMilliseconds(row.length) },
    { title: "share", align: "right", cell: (row) => `${Math.round(share(row.length) * 100)} %` },
    { title: "", cell: (row) => "█".repeat(Math.round(share(row.length) * 20)).padEnd(10) },
    { title: "side", cell: (row) => row.side },
    { title: "at", cell: (row) => row.what },
  ])}`;
}

function downtimeTable(account: MigrationAccount): string {
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

/** Where an item stands, which only the stream tells. */
const placeColumns: readonly Column<ItemAccount>[] = [
  { title: "offset", align: "right", cell: ({ item }) => formatOffset(item.offset) },
  { title: "bytes", align: "right", cell: ({ item }) => String(item.size) },
];

function itemsTable(account: MigrationAccount): string {
  const clock = relativeClock(account);
  const columns: Column<ItemAccount>[] = [
    ...(account.streamSize === undefined ? [] : placeColumns),
    { title: "item", cell: ({ item, label }) => "  ".repeat(item.depth) + label },
  ];
  for (const side of ["source", "destination"] as const) {
    if (!account[side]) continue;
    columns.push(
      { title: `${side} ms`, align: "right", cell: (row) => startOf(row[side], clock) },
      { title: "took ms", align: "right", cell: (row) => durationOf(row[side]) },
    );
  }
  return `Items\n${formatTable(account.items, columns)}`;
}

function startOf(pairing: SidePairing, clock: Clock): string {
  if (pairing.status === "paired") return clock(pairing.start);
  return pairing.status === "untraced" ? "·" : "?";
}

function durationOf(pairing: SidePairing): string {
  return pairing.status === "paired" ? formatMilliseconds(pairing.end - pairing.start) : "";
}

/** What pairs with nothing, by name. */
function unpaired(account: MigrationAccount): string {
  const clock = relativeClock(account);
  const lines: string[] = [];
  for (const side of ["source", "destination"] as const) {
    for (const { item, label, ...pairings } of account.items) {
      if (pairings[side].status !== "missing") continue;
      const where = account.streamSize === undefined ? "" : ` at byte ${formatOffset(item.offset)}`;
      lines.push(`${label}${where}: no event at the ${side}`);
    }
    for (const { key, events, at } of account[side]?.strays ?? []) {
      lines.push(`${side} at ${clock(at)} ms: ${key} (${events}): no such item in the stream`);
    }
  }
  const untraced = account.items.filter(
    ({ source, destination }) => source.status === "untraced" && destination.status === "untraced",
  );
  for (const { label } of untraced)
    lines.push(`${label}: QEMU traces nothing of it on either side`);
  if (lines.length === 0) return "";
  return `Paired with nothing\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
