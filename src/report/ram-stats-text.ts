import { type KindCounts, PAGE_KINDS, type RamStats } from "../migration/wire/ram-stats.js";
import { type Column, formatTable } from "./table.js";
import { formatBytes, formatOffset, formatPercent } from "./units.js";

/** Rounds, and regions, that are listed. */
const LISTED = 12;

/** What a stream tells of the guest's memory, for a person. */
export function ramStatsToText(stats: RamStats): string {
  const parts = [roundsText, sentText, sharesText, ignoredText, regionsText];
  return parts
    .map((part) => part(stats))
    .filter((text) => text !== "")
    .join("\n");
}

function roundsText({ rounds, total }: RamStats): string {
  const shown = rounds
    .slice(0, LISTED)
    .map((counts, index) => ({ name: String(index + 1), counts }));
  const left = rounds.length - shown.length;
  const rows = [...shown, { name: left > 0 ? `and ${left} more` : "", counts: undefined }];
  const counted = rows.filter(({ name }) => name !== "");
  const kinds: Column<{ name: string; counts: KindCounts | undefined }>[] = PAGE_KINDS.map(
    (kind) => ({
      title: kind,
      align: "right",
      cell: ({ counts }) => (counts ? String(counts[kind]) : ""),
    }),
  );
  return formatTable(
    [...counted, { name: "all", counts: total }],
    [
      { title: "round", cell: ({ name }) => name },
      ...kinds,
      {
        title: "payload",
        align: "right",
        cell: ({ counts }) => (counts ? formatBytes(counts.bytes) : ""),
      },
    ],
  );
}

/** Many different numbers of times are drawn together into ranges. */
function sentText({ sent }: RamStats): string {
  const lines = sent.map(([times, pages]) => `${pages} pages sent ${times} ×`);
  if (lines.length <= LISTED) return lines.map((line) => `${line}\n`).join("");
  const more = sent.slice(LISTED - 1);
  const pages = more.reduce((sum, [, count]) => sum + count, 0);
  const range = `${more[0]![0]} to ${more.at(-1)![0]} ×`;
  const shown = [...lines.slice(0, LISTED - 1), `${pages} pages sent ${range}`];
  return shown.map((line) => `${line}\n`).join("");
}

function sharesText({ zeroShare, compressedShare }: RamStats): string {
  const zero = `zero pages: ${formatPercent(zeroShare)} of those sent\n`;
  if (compressedShare === undefined) return zero;
  return `${zero}ordinary pages, deflated (a sample): ${formatPercent(compressedShare)} of their size\n`;
}

function ignoredText({ blocks }: RamStats): string {
  return blocks
    .filter(({ ignored }) => ignored)
    .map(
      ({ name, usedLength }) =>
        `${name} (${formatBytes(usedLength)}): ignored, not in the stream\n`,
    )
    .join("");
}

function regionsText({ regions }: RamStats): string {
  return formatTable(regions.slice(0, LISTED), [
    { title: "hottest", cell: ({ block }) => block },
    { title: "from", align: "right", cell: ({ start }) => formatOffset(start) },
    { title: "length", align: "right", cell: ({ length }) => formatBytes(length) },
    { title: "sends", align: "right", cell: ({ sends }) => String(sends) },
  ]);
}
