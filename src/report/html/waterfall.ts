import { html, type Markup } from "./markup.js";
import { cssPercent } from "./quantities.js";

/** A row of a waterfall: a name, bars on a scale of time, figures behind them. */
export interface WaterfallRow {
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly figures: readonly string[];
}

export interface Bar {
  readonly tone: "source" | "destination" | "wire" | "unexplained";
  readonly start: bigint;
  readonly end: bigint;
}

/** A table whose rows have bars on the scale of `frame`. */
export function waterfall(
  title: string,
  figures: readonly string[],
  rows: readonly WaterfallRow[],
  frame: { readonly start: bigint; readonly end: bigint },
): Markup {
  const whole = Number(frame.end - frame.start);
  const bar = ({ tone, start, end }: Bar) => {
    const left = cssPercent(Number(start - frame.start), whole);
    const width = cssPercent(Number(end - start), whole);
    return html`<i class="${tone}" style="left:${left};width:${width}"></i>`;
  };
  const lane = (row: WaterfallRow) =>
    html`<td class="lane${row.bars.length > 1 && " two"}" aria-hidden="true"><div>${row.bars.map(bar)}</div></td>`;
  return html`<table class="waterfall">
<caption>${title}</caption>
<thead><tr><th scope="col"><span class="hidden">what</span></th><th scope="col" class="lane"><span class="hidden">when</span></th>${figures.map((name) => html`<th scope="col" class="n">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row" title="${row.name}">${row.name}</th>${lane(row)}${row.figures.map((figure) => html`<td class="n">${figure}</td>`)}</tr>
`,
  )}</tbody>
</table>`;
}
