import type {
  Checkpoint,
  ItemAccount,
  MigrationAccount,
  SidePairing,
} from "../../analysis/account.js";
import { latest } from "../../analysis/moments.js";
import { downtimeFigure, downtimeWords } from "../downtime-words.js";
import { failedItem } from "../failure-place.js";
import { isPlaced, originsOf } from "../relative-clock.js";
import { downtimeInterval } from "../time-line.js";
import { formatBounds, formatDuration, formatMilliseconds } from "../units.js";
import { html, type Markup } from "./markup.js";
import { mergeShortSegments } from "./merge-short-segments.js";
import { type Bar, cutEnds, type Frame, type WaterfallRow, waterfall } from "./waterfall.js";

/** Devices that are drawn; the shortest of more are left to the table of items. */
const MAX_DEVICES = 80;

type Side = "source" | "destination";

/** What is drawn on one scale: both sides, or one of them where their times do not belong together. */
interface Part {
  readonly sides: readonly Side[];
  readonly frame: Frame;
}

/** The downtime: its critical path, the checkpoints of both sides, each device at both sides. */
export function downtimeSection(account: MigrationAccount): Markup | undefined {
  const parts = partsOf(account);
  if (parts.length === 0) return undefined;
  const words = downtimeWords(account.downtime);
  const isKnown = words.value !== undefined || words.range !== undefined;
  const first = parts.find(({ sides }) => sides.includes("source"));
  const tables = parts.map((part) => ({
    checkpoints: checkpointTable(account, part),
    sections: sectionTable(account, part),
  }));
  return html`<section id="downtime" aria-labelledby="downtime-title">
<h2 id="downtime-title">Downtime${isKnown && html` <span class="quiet">${downtimeFigure(words)}</span>`}</h2>
<p class="lead">${leadText(account, parts)}</p>
<p class="legend"><span class="key source">source</span><span class="key destination">destination</span><span class="key wire">waiting</span><span class="key unexplained">unexplained</span>${isUncertain(account, parts) && html`<span class="key wire uncertain">not known exactly</span>`}</p>
${first && pathTable(account, first.frame)}
${tables.map(({ checkpoints }) => checkpoints)}
${tables.map(({ sections }) => sections)}
</section>`;
}

/**
 * Both sides on one scale; each on its own where the clocks cannot be compared, or where the load was
 * not part of the downtime.
 */
function partsOf(account: MigrationAccount): Part[] {
  const { stopped, resumed, running, destination, checkpoints, separateLoad } = account.downtime;
  const still = downtimeInterval(account);
  const marks = (side: Side) =>
    checkpoints.flatMap((mark) => (mark.side === side ? [mark.at] : []));
  const source = [stopped, resumed, still?.begin, still?.end, ...marks("source")];
  const loads =
    running !== undefined && destination !== undefined ? running - destination : undefined;
  const end = [running, ...marks("destination")];
  if (isPlaced(account) && !separateLoad) {
    const frame = frameOf([...source, ...end]);
    return frame ? [{ sides: ["source", "destination"], frame }] : [];
  }
  const frames = { source: frameOf(source), destination: frameOf([loads, ...end]) };
  return (["source", "destination"] as const).flatMap((side) => {
    const frame = frames[side];
    return frame ? [{ sides: [side], frame }] : [];
  });
}

/** From the first sign of the stop to the last of the run. */
function frameOf(times: readonly (bigint | undefined)[]): Frame | undefined {
  const known = times.filter((time) => time !== undefined).sort((a, b) => Number(a - b));
  const [start, end] = [known[0], known.at(-1)];
  return start !== undefined && end !== undefined && end > start ? { start, end } : undefined;
}

function leadText(account: MigrationAccount, parts: readonly Part[]): string {
  const origins = originsOf(account);
  const from = ({ sides: [side = "source"], frame: { start, end } }: Part) =>
    `${formatMilliseconds(start - origins[side])} ms to ${formatMilliseconds(end - origins[side])} ms`;
  const [first] = parts;
  const joined = account.source && account.destination;
  if (first?.sides.length === 2 && !joined) return `From ${from(first)}.`;
  if (first?.sides.length === 2) {
    return `From ${from(first)}. Saves at the source and loads at the destination overlap, so they do not add up to the downtime; the critical path does.`;
  }
  const each = parts.map((part) => `the ${part.sides[0]} from ${from(part)}`).join(", ");
  const why = account.downtime.separateLoad
    ? "the load is not part of the downtime"
    : "their clocks cannot be compared";
  if (parts.length < 2) return `Shown is ${each}.`;
  const own = isPlaced(account) ? "" : " by its own clock, since its first item";
  return `The two sides are shown separately, as ${why}: ${each}${own}.`;
}

function pathTable({ downtime }: MigrationAccount, frame: Frame): Markup | undefined {
  const rows = mergeShortSegments(downtime.path).map(({ side, kind, what, start, end, bounds }) => {
    const took = formatDuration(end - start);
    return {
      name: kind === "unexplained" ? `unexplained, ${what}` : `${kind} ${what}`,
      bars: [{ tone: kind === "unexplained" ? kind : side, start, end, uncertain: !!bounds }],
      figures: [
        bounds ? { text: `~${took}`, range: formatBounds(bounds.lower, bounds.upper) } : took,
      ],
    };
  });
  if (rows.length === 0) return undefined;
  return waterfall("Critical path", ["took"], rows, frame);
}

function checkpointTable(account: MigrationAccount, { sides, frame }: Part): Markup | undefined {
  const checkpoints = account.downtime.checkpoints.filter(({ side }) => sides.includes(side));
  if (checkpoints.length < 2) return undefined;
  const { lower, upper } = account.clocks ?? {};
  const exact = lower !== undefined && lower === upper;
  const rows = checkpoints.map((checkpoint, index) =>
    checkpointRow(checkpoint, checkpoints[index - 1], exact),
  );
  const title = `Checkpoint by checkpoint${sideTitle(sides)}`;
  return waterfall(title, ["since the last"], rows, frame);
}

function sideTitle(sides: readonly Side[]): string {
  return sides.length === 2 ? "" : `, at the ${sides[0]}`;
}

/** Across the sides a difference is only known where the offset of the clocks is. */
function checkpointRow(
  { name, side, at }: Checkpoint,
  before: Checkpoint | undefined,
  exact: boolean,
): WaterfallRow {
  const known = before !== undefined && (exact || before.side === side);
  const bars: Bar[] = [{ tone: side, start: known ? before.at : at, end: at }];
  return { name, bars, figures: [known ? formatDuration(at - before.at) : "–"] };
}

function sectionTable(account: MigrationAccount, { sides, frame }: Part): Markup | undefined {
  const within = account.items.filter((item) => isWithin(item, sides, frame));
  if (within.length === 0) return undefined;
  const shown = longest(within, MAX_DEVICES, sides);
  const rest = within.length - shown.length;
  const title = `Section by section${sideTitle(sides)}`;
  const failed = failedItem(account);
  const rows = shown.map((item) => sectionRow(item, sides, item === failed));
  const figures = sides.map((side) => (side === "source" ? "save" : "load"));
  const isCut = rows.some(({ bars }) => bars.some((bar) => cutEnds(bar, frame).length > 0));
  return html`${waterfall(title, figures, rows, frame)}${isCut && html`<p class="quiet">An arrow marks a section that started before this interval or ended after it; the figures are its complete durations.</p>`}${rest > 0 && html`<p class="quiet">${rest.toLocaleString("en")} ${rest === 1 ? "shorter section is" : "shorter sections are"} in the table of items.</p>`}`;
}

function isWithin(item: ItemAccount, sides: readonly Side[], frame: Frame): boolean {
  if (!item.item.type.startsWith("section-")) return false;
  return sides.some((side) => {
    const pairing = item[side];
    return pairing.status === "paired" && pairing.end >= frame.start && pairing.start <= frame.end;
  });
}

/** Whether a bar is drawn whose length is not known exactly. */
function isUncertain({ items, downtime }: MigrationAccount, parts: readonly Part[]): boolean {
  if (downtime.path.some(({ bounds }) => bounds)) return true;
  return parts.some(({ sides, frame }) =>
    items.some(
      (item) =>
        isWithin(item, sides, frame) &&
        sides.some((side) => item[side].status === "paired" && item[side].interval !== undefined),
    ),
  );
}

function longest(
  items: readonly ItemAccount[],
  count: number,
  sides: readonly Side[],
): ItemAccount[] {
  const kept = new Set(
    [...items].sort((a, b) => Number(busyTime(b, sides) - busyTime(a, sides))).slice(0, count),
  );
  return items.filter((item) => kept.has(item));
}

function busyTime(item: ItemAccount, sides: readonly Side[]): bigint {
  const took = sides.map((side) => {
    const pairing = item[side];
    return pairing.status === "paired" ? pairing.end - pairing.start : 0n;
  });
  return latest(took) ?? 0n;
}

function sectionRow(item: ItemAccount, sides: readonly Side[], failed: boolean): WaterfallRow {
  return {
    name: item.label,
    failed,
    bars: sides.flatMap((side) => {
      const pairing = item[side];
      if (pairing.status !== "paired") return [];
      const { start, end, interval } = pairing;
      return [{ tone: side, start, end, uncertain: interval !== undefined }];
    }),
    figures: sides.map((side) => durationText(item[side])),
  };
}

function durationText(pairing: SidePairing): string {
  if (pairing.status !== "paired") return "–";
  if (pairing.interval === "open") return "?";
  const took = formatDuration(pairing.end - pairing.start);
  return pairing.interval === "bound" ? `≤ ${took}` : took;
}
