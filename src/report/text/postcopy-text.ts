import type { MigrationAccount, Postcopy } from "../../analysis/account.js";
import type { PageRequest } from "../../analysis/page-requests.js";
import { percentile } from "../../analysis/percentile.js";
import { type LatencyBucket, latencies, latencyBuckets } from "../latency.js";
import { destinationClock } from "../relative-clock.js";
import { stageWords } from "../stage-words.js";
import { formatTable } from "../table.js";
import { formatBytes, formatDuration, formatMilliseconds, formatOffset } from "../units.js";

const SLOWEST = 5;
const BAR = 40;

/** Postcopy: what was sent in it, how long the guest waited for pages, and for which longest. */
export function postcopyText(account: MigrationAccount): string {
  const { postcopy } = account;
  if (!postcopy) return "";
  const sorted = latencies(postcopy.requests);
  const parts = [`Postcopy\n${factLines(account, postcopy, sorted)}`];
  if (sorted.length > 0) parts.push(histogram(latencyBuckets(sorted)), slowest(account, postcopy));
  return parts.join("\n");
}

function factLines(
  account: MigrationAccount,
  postcopy: Postcopy,
  sorted: readonly number[],
): string {
  const { start, end, pages, zeroPages, sections, bytes, requests, blocked } = postcopy;
  const clock = destinationClock(account);
  const lines: [string, string][] = [
    ["lasted", `${clock(start)} to ${clock(end)} ms`],
    [
      "main channel",
      pages === undefined
        ? `${sections} sections, what they held is not told`
        : `${pages} pages and ${zeroPages} zero pages in ${sections} sections, ${formatBytes(bytes)}`,
    ],
    ["faults", faultsText(requests)],
  ];
  if (sorted.length > 0) {
    const at = (percent: number) => duration(percentile(sorted, percent));
    const longest = duration(sorted.at(-1));
    lines.push(["latency", `median ${at(50)}, 95 % within ${at(95)}, longest ${longest}`]);
  }
  const stages = stageWords(account, postcopy);
  if (stages !== undefined) lines.push(["", `of pages sent for their request, medians: ${stages}`]);
  if (blocked !== undefined) {
    lines.push(["guest waited", `${formatDuration(blocked)}, one thread at least`]);
  }
  return lines.map(([name, text]) => `${name.padEnd(13)} ${text}\n`).join("");
}

function faultsText(requests: readonly PageRequest[]): string {
  if (requests.length === 0) return "none told";
  const count = (test: (request: PageRequest) => boolean) => requests.filter(test).length;
  const requested = count(({ kind }) => kind === "requested");
  const sentBefore = count((request) => request.kind === "requested" && request.sentBefore);
  const parts = [
    `${requested} asked of the source`,
    ...(sentBefore > 0 ? [`${sentBefore} of them on their way already`] : []),
    ...others(
      count(({ kind }) => kind === "present"),
      "there by then",
    ),
    ...others(
      count(({ kind }) => kind === "joined"),
      "asked for by another thread before",
    ),
  ];
  return `${requests.length}: ${parts.join(", ")}`;
}

function others(count: number, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : [];
}

function duration(nanoseconds: number | undefined): string {
  return nanoseconds === undefined ? "–" : formatDuration(BigInt(Math.round(nanoseconds)));
}

function histogram(buckets: readonly LatencyBucket[]): string {
  const most = buckets.reduce((found, { count }) => Math.max(found, count), 1);
  return formatTable(buckets, [
    { title: "latency", align: "right", cell: ({ to }) => `below ${duration(to)}` },
    { title: "faults", align: "right", cell: ({ count }) => String(count) },
    { title: "", cell: ({ count }) => "█".repeat(Math.ceil((count / most) * BAR)) },
  ]);
}

/** The pages that were waited for longest. */
function slowest(account: MigrationAccount, { requests }: Postcopy): string {
  const clock = destinationClock(account);
  const told = requests.flatMap(({ faulted, arrived, block, offset, sentBefore }) =>
    faulted === undefined || arrived === undefined
      ? []
      : [{ faulted, took: arrived - faulted, block, offset, sentBefore }],
  );
  const rows = told.sort((a, b) => Number(b.took - a.took)).slice(0, SLOWEST);
  return formatTable(rows, [
    { title: "waited ms", align: "right", cell: ({ took }) => formatMilliseconds(took) },
    { title: "from ms", align: "right", cell: ({ faulted }) => clock(faulted) },
    { title: "page", cell: ({ block, offset }) => `${block} ${formatOffset(offset)}` },
    { title: "", cell: ({ sentBefore }) => (sentBefore ? "on its way already" : "") },
  ]);
}
