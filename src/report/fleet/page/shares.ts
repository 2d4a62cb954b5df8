import uPlot from "uplot";
import { sortNumbers } from "../../../analysis/percentile.js";
import { byId } from "../../html/page/dom.js";
import type { FleetPageData } from "../fleet-page-data.js";
import { versionColor } from "./colors.js";
import { axis, plotOptions, powers } from "./plot-options.js";

const HEIGHT = 280;
/** Steps of a curve; more cannot be seen. */
const STEPS = 400;

/** The chart of shares: how many migrations of a version had no longer a downtime than that. */
export class Shares {
  readonly #data: FleetPageData;
  #plot: uPlot | undefined;

  constructor(data: FleetPageData) {
    this.#data = data;
  }

  draw(migrations: readonly number[]): void {
    const { versions, version, downtime } = this.#data;
    const sorted = versions.map((_, which) =>
      sortNumbers(
        migrations
          .filter((index) => version[index] === which && (downtime[index] ?? 0) > 0)
          .map((index) => downtime[index]!),
      ),
    );
    const all = sortNumbers(sorted.flat());
    const step = Math.max(1, Math.floor(all.length / STEPS));
    const values = [
      ...new Set(all.filter((_, index) => index % step === 0 || index === all.length - 1)),
    ];
    this.#plot?.destroy();
    const place = byId("shares");
    this.#plot = new uPlot(
      {
        ...plotOptions(place, HEIGHT),
        legend: { show: false },
        cursor: { drag: { x: true, y: false } },
        scales: { x: { time: false, distr: 3 }, y: { range: [0, 100] } },
        axes: [axis("downtime, ms", powers), axis("% of migrations")],
        series: [
          {},
          ...versions.map((label, which) => ({
            label,
            stroke: versionColor(which, versions.length),
            width: 2,
            points: { show: false },
          })),
        ],
      },
      [values, ...sorted.map((own) => shareUpTo(own, values))],
      place,
    );
  }
}

/** The share in per cent of sorted values that are no more than each of these, which ascend. */
function shareUpTo(sorted: readonly number[], values: readonly number[]): (number | null)[] {
  let count = 0;
  return values.map((value) => {
    while (count < sorted.length && sorted[count]! <= value) count += 1;
    return sorted.length === 0 ? null : (100 * count) / sorted.length;
  });
}
