import { html, type Markup } from "./markup.js";
import { cssPercent } from "./quantities.js";

/** A row of a waterfall: a name, bars on a time scale, figures after them. */
export interface WaterfallRow {
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly figures: readonly Figure[];
  /** The migration failed here. */
  readonly failed?: boolean;
}

/** A figure of a row; `range` is between which bounds it lies. */
export type Figure = string | { readonly text: string; readonly range: string };

export interface Bar {
  readonly tone: "source" | "destination" | "wire" | "unexplained";
  readonly start: bigint;
  readonly end: bigint;
  /** Where one of its ends is not known exactly. */
  readonly uncertain?: boolean;
}

/** The interval that the lanes of a waterfall show. */
export interface Frame {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * A table whose rows have bars on the scale of `frame`. A bar that starts before the frame or ends
 * after it is cut there, and the cut end is drawn as an arrow.
 */
export function waterfall(
  title: string,
  figures: readonly string[],
  rows: readonly WaterfallRow[],
  frame: Frame,
): Markup {
  const whole = Number(frame.end - frame.start);
  const within = (time: bigint) =>
    Number((time < frame.start ? frame.start : time > frame.end ? frame.end : time) - frame.start);
  const bar = ({ tone, start, end, uncertain }: Bar) => {
    const [from, to] = [within(start), within(end)];
    const cut = cutEnds({ start, end }, frame);
    const style = `--left:${cssPercent(from, whole)};width:${cssPercent(to - from, whole)}`;
    return html`<i class="${[tone, ...(uncertain ? ["uncertain"] : []), ...cut].join(" ")}" style="${style}"></i>`;
  };
  const lane = (row: WaterfallRow) =>
    html`<td class="lane${row.bars.length > 1 && " two"}" aria-hidden="true"><div>${row.bars.map(bar)}</div></td>`;
  return html`<table class="waterfall">
<caption>${title}</caption>
<thead><tr><th scope="col"><span class="hidden">what</span></th><th scope="col" class="lane"><span class="hidden">when</span></th>${figures.map((name) => html`<th scope="col" class="n">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr${row.failed && html` class="failing"`}><th scope="row" title="${row.name}">${row.failed && html`<strong class="failed">failed here </strong>`}${row.name}</th>${lane(row)}${row.figures.map((figure) => html`<td class="n">${figureText(figure)}</td>`)}</tr>
`,
  )}</tbody>
</table>`;
}

function figureText(figure: Figure): Markup | string {
  return typeof figure === "string" ? figure : html`${figure.text}<small>${figure.range}</small>`;
}

/** Which ends of an interval lie outside the frame, as the classes of its bar. */
export function cutEnds({ start, end }: Frame, frame: Frame): ("cut-start" | "cut-end")[] {
  return [
    ...(start < frame.start ? ["cut-start" as const] : []),
    ...(end > frame.end ? ["cut-end" as const] : []),
  ];
}
