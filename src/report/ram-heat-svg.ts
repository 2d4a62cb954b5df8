import type { RamRegion, RamStats } from "../migration/wire/ram-stats.js";
import { formatBytes, formatOffset } from "./units.js";
import { xmlText } from "./xml-text.js";

const CELL_WIDTH = 4;
const MIN_HEIGHT = 2;
const MAX_HEIGHT = 16;
const LEFT = 60;
const TOP = 40;
/** Pixels between two blocks. */
const GAP = 6;
/** Height that the rounds have in all, unless each would be too low or too high. */
const HEIGHT = 320;

/** From rarely to often sent: one hue, darker and darker. */
const COLORS = ["#fde3c8", "#fbc08c", "#f4924f", "#d95f1e", "#a63603", "#641f02"] as const;

/**
 * A picture of which memory was sent in which round: a column for each region, a row for each
 * round, the darker the more of the region's pages were sent. Regions never sent are left out.
 */
export function ramHeatSvg(stats: RamStats): string {
  const columns = stats.blocks.flatMap(({ name }) =>
    stats.regions.filter(({ block }) => block === name).sort((a, b) => a.start - b.start),
  );
  const rowHeight = Math.min(
    MAX_HEIGHT,
    Math.max(MIN_HEIGHT, Math.floor(HEIGHT / Math.max(1, stats.rounds.length))),
  );
  const placed = placeColumns(columns);
  const right = (placed.at(-1)?.x ?? LEFT) + CELL_WIDTH;
  const width = Math.max(right + 20, 360);
  const bottom = TOP + rowHeight * stats.rounds.length;
  const cells = placed.flatMap(({ region, x }) => regionCells(region, x, rowHeight, stats));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 30}" font-family="sans-serif" font-size="11" role="img">`,
    "<title>Pages sent, by region of memory and round</title>",
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...blockLabels(placed),
    ...roundLabels(stats.rounds.length, rowHeight),
    ...cells,
    ...legend(bottom + 12),
    "</svg>\n",
  ].join("\n");
}

interface PlacedRegion {
  readonly region: RamRegion;
  readonly x: number;
}

function placeColumns(columns: readonly RamRegion[]): PlacedRegion[] {
  let x = LEFT;
  return columns.map((region, index) => {
    if (index > 0) x += CELL_WIDTH + (columns[index - 1]!.block === region.block ? 0 : GAP);
    return { region, x };
  });
}

function regionCells(
  region: RamRegion,
  x: number,
  height: number,
  { pageSize }: RamStats,
): string[] {
  const pages = region.length / pageSize;
  return region.rounds.flatMap((sends, round) => {
    if (sends === 0) return [];
    const level = Math.min(COLORS.length - 1, Math.floor((sends / pages) * (COLORS.length - 1)));
    const what = `${region.block} ${formatOffset(region.start)} + ${formatBytes(region.length)}`;
    const title = `<title>${xmlText(what)}, round ${round + 1}: ${sends} pages</title>`;
    const place = `x="${x}" y="${TOP + round * height}" width="${CELL_WIDTH}" height="${height}"`;
    return [`<rect ${place} fill="${COLORS[level]}">${title}</rect>`];
  });
}

/** Only blocks that are wide enough for their name; the others tell it when pointed at. */
function blockLabels(placed: readonly PlacedRegion[]): string[] {
  const blocks = new Map<string, number[]>();
  for (const { region, x } of placed) {
    blocks.set(region.block, [...(blocks.get(region.block) ?? []), x]);
  }
  return Array.from(blocks, ([name, places]) => {
    const wide = places.length * CELL_WIDTH >= name.length * 6;
    return wide ? `<text x="${places[0]}" y="${TOP - 8}">${xmlText(name)}</text>` : "";
  }).filter((label) => label !== "");
}

function roundLabels(rounds: number, height: number): string[] {
  const step = Math.max(1, Math.ceil(14 / height));
  const labels: string[] = [];
  for (let round = 0; round < rounds; round += step) {
    const y = TOP + round * height + Math.min(height, 11);
    labels.push(`<text x="${LEFT - 6}" y="${y}" text-anchor="end">${round + 1}</text>`);
  }
  return [`<text x="${LEFT - 6}" y="${TOP - 8}" text-anchor="end">round</text>`, ...labels];
}

function legend(y: number): string[] {
  const boxes = COLORS.map(
    (color, index) =>
      `<rect x="${LEFT + index * 14}" y="${y}" width="14" height="10" fill="${color}"/>`,
  );
  const x = LEFT + COLORS.length * 14 + 6;
  return [...boxes, `<text x="${x}" y="${y + 9}">few … all pages of the region sent</text>`];
}
