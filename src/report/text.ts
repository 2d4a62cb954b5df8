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
    ["stream", `${formatBytes(account.streamSize)} in ${account.items.length} items`],
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
  if (account.clocks) lines.push(["clocks", clocksLine(account.clocks)]);
  return lines.map(([name, text]) => `${name.padEnd(11)} ${text}\n`).join("");
}

function switchover(start: MigrationAccount["switchoverStart"], clock: Clock): string {
  if (!start) return "no SWITCHOVER_START in the stream";
  const { offset, sent, received } = start;
  return `SWITCHOVER_START at byte ${formatOffset(offset)}, sent at ${clock(sent)} ms, read at ${clock(received)} ms`;
}

function pairedShare(side: string, summary: SideSummary | undefined): string {
  if (!summary) return `${side}: no trace`;
  const { paired, expected, strays } = summary;
  const rest = strays.length > 0 ? `; ${strays.length} traced without an item` : "";
  return `${side}: ${paired} of the ${expected} items that QEMU traces there${rest}`;
}

function clocksLine({
  verdict,
  offset,
  lower,
  upper,
}: NonNullable<MigrationAccount["clocks"]>): string {
  const bounds = `between ${lower === undefined ? "–" : formatDuration(lower)} and ${upper === undefined ? "–" : formatDuration(upper)}`;
  if (verdict === "one")
    return `one clock serves both traces (causality allows an offset ${bounds})`;
  if (verdict === "two") return `the destination's is ${formatDuration(offset)} ahead (${bounds})`;
  return `contradictory: causality wants an offset ${bounds}`;
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

function itemsTable(account: MigrationAccount): string {
  const clock = relativeClock(account);
  const columns: Column<ItemAccount>[] = [
    { title: "offset", align: "right", cell: ({ item }) => formatOffset(item.offset) },
    { title: "bytes", align: "right", cell: ({ item }) => String(item.size) },
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
      lines.push(`${label} at byte ${formatOffset(item.offset)}: no event at the ${side}`);
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
