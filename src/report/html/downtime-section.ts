import type {
  Checkpoint,
  ItemAccount,
  MigrationAccount,
  SidePairing,
} from "../../analysis/account.js";
import { originOf } from "../time-line.js";
import { formatDuration, formatMilliseconds } from "../units.js";
import { html, type Markup } from "./markup.js";
import { mergeShortSegments } from "./merge-short-segments.js";
import { type Bar, cutEnds, type Frame, type WaterfallRow, waterfall } from "./waterfall.js";

/** Devices that are drawn; the shortest of more are left to the table of items. */
const MAX_DEVICES = 80;

/** The downtime: its critical path, the checkpoints of both sides, each device at both sides. */
export function downtimeSection(account: MigrationAccount): Markup | undefined {
  const frame = frameOf(account);
  if (!frame) return undefined;
  const { guest } = account.downtime;
  const origin = originOf(account);
  return html`<section id="downtime" aria-labelledby="downtime-title">
<h2 id="downtime-title">Downtime${guest !== undefined && html` <span class="quiet">${formatDuration(guest)}</span>`}</h2>
<p class="lead">From ${formatMilliseconds(frame.start - origin)} ms to ${formatMilliseconds(frame.end - origin)} ms. Saves at the source and loads at the destination overlap, so they do not add up to the downtime; the critical path does.</p>
<p class="legend"><span class="key source">source</span><span class="key destination">destination</span><span class="key wire">waiting</span><span class="key unexplained">unexplained</span></p>
${pathTable(account, frame)}
${checkpointTable(account, frame)}
${deviceTable(account, frame)}
</section>`;
}

/** From the first sign of the stop to the last of the run. */
function frameOf({ downtime }: MigrationAccount): Frame | undefined {
  const { stopped, running, checkpoints } = downtime;
  const moments = [stopped, running, ...checkpoints.map(({ at }) => at)].filter(
    (moment) => moment !== undefined,
  );
  if (moments.length < 2) return undefined;
  moments.sort((a, b) => Number(a - b));
  const [start, end] = [moments[0]!, moments.at(-1)!];
  return end > start ? { start, end } : undefined;
}

function pathTable({ downtime }: MigrationAccount, frame: Frame): Markup | undefined {
  const rows = mergeShortSegments(downtime.path).map(({ side, kind, what, start, end }) => ({
    name: kind === "unexplained" ? `unexplained, ${what}` : `${kind} ${what}`,
    bars: [{ tone: kind === "unexplained" ? kind : side, start, end }] as const,
    figures: [formatDuration(end - start)],
  }));
  if (rows.length === 0) return undefined;
  return waterfall("Critical path", ["took"], rows, frame);
}

function checkpointTable({ downtime }: MigrationAccount, frame: Frame): Markup | undefined {
  const { checkpoints } = downtime;
  if (checkpoints.length < 2) return undefined;
  const rows = checkpoints.map((checkpoint, index) =>
    checkpointRow(checkpoint, checkpoints[index - 1]),
  );
  return waterfall("Checkpoint by checkpoint", ["since the last"], rows, frame);
}

function checkpointRow({ name, side, at }: Checkpoint, before: Checkpoint | undefined) {
  const start = before?.at ?? at;
  const bars: Bar[] = [{ tone: side, start, end: at }];
  return { name, bars, figures: [before ? formatDuration(at - start) : "0"] };
}

function deviceTable({ items }: MigrationAccount, frame: Frame): Markup | undefined {
  const within = items.filter(
    ({ item, source, destination }) =>
      item.type.startsWith("section-") &&
      [source, destination].some(
        (pairing) =>
          pairing.status === "paired" && pairing.end >= frame.start && pairing.start <= frame.end,
      ),
  );
  if (within.length === 0) return undefined;
  const shown = longest(within, MAX_DEVICES);
  const rest = within.length - shown.length;
  const title = "Section by section";
  const rows = shown.map(deviceRow);
  const isCut = rows.some(({ bars }) => bars.some((bar) => cutEnds(bar, frame).length > 0));
  return html`${waterfall(title, ["save", "load"], rows, frame)}${isCut && html`<p class="quiet">An arrow marks a section that started before this interval or ended after it; the figures are its complete durations.</p>`}${rest > 0 && html`<p class="quiet">${rest.toLocaleString("en")} shorter sections are in the table of items.</p>`}`;
}

function longest(items: readonly ItemAccount[], count: number): ItemAccount[] {
  const kept = new Set(
    [...items].sort((a, b) => Number(busyTime(b) - busyTime(a))).slice(0, count),
  );
  return items.filter((item) => kept.has(item));
}

function busyTime({ source, destination }: ItemAccount): bigint {
  const took = [source, destination].map((pairing) =>
    pairing.status === "paired" ? pairing.end - pairing.start : 0n,
  );
  return took.sort((a, b) => Number(b - a))[0]!;
}

function deviceRow({ label, source, destination }: ItemAccount): WaterfallRow {
  const sides = [
    ["source", source],
    ["destination", destination],
  ] as const;
  return {
    name: label,
    bars: sides.flatMap(([tone, pairing]) =>
      pairing.status === "paired" ? [{ tone, start: pairing.start, end: pairing.end }] : [],
    ),
    figures: sides.map(([, pairing]) => durationText(pairing)),
  };
}

function durationText(pairing: SidePairing): string {
  if (pairing.status !== "paired") return "–";
  if (pairing.interval === "open") return "?";
  const took = formatDuration(pairing.end - pairing.start);
  return pairing.interval === "bound" ? `≤ ${took}` : took;
}
