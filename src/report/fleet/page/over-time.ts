import uPlot from "uplot";
import { byId, element } from "../../html/page/dom.js";
import type { FleetPageData } from "../fleet-page-data.js";
import { versionColor } from "./colors.js";
import { inMilliseconds, inMinutes, type Links, nameOf } from "./fleet-model.js";
import { axis, moments, plotOptions, powers } from "./plot-options.js";

const HEIGHT = 380;
/** Pixels around a point in which the pointer is on it. */
const REACH = 9;

/** The chart of downtime over time, a point a migration. */
export class OverTime {
  readonly #data: FleetPageData;
  readonly #links: Links;
  #plot: uPlot | undefined;
  #shown: readonly number[] = [];

  constructor(data: FleetPageData, links: Links) {
    this.#data = data;
    this.#links = links;
  }

  /** Draws the migrations of these indices, those whose downtime is known. */
  draw(migrations: readonly number[], logarithmic: boolean): void {
    const { downtime, time, version, versions } = this.#data;
    this.#shown = migrations.filter((index) => (downtime[index] ?? 0) > 0);
    this.#plot?.destroy();
    const place = byId("time");
    const series = versions.map((_, which) =>
      this.#shown.map((index) => (version[index] === which ? downtime[index]! : null)),
    );
    const points = versions.map((label, which) => this.#points(label, which));
    this.#plot = new uPlot(
      {
        ...plotOptions(place, HEIGHT),
        legend: { show: false },
        cursor: { points: { show: false }, y: false, drag: { x: true, y: true } },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
        scales: { y: logarithmic ? { distr: 3 } : { range: (_, __, max) => [0, max * 1.05 || 1] } },
        axes: [
          { ...axis("UTC", moments), space: 80 },
          axis("downtime, ms", logarithmic ? powers : undefined),
        ],
        series: [{}, ...points],
      },
      [this.#shown.map((index) => time[index]! / 1000), ...series],
      place,
    );
    this.#listen(this.#plot);
    this.#drawKeys();
    place.dataset.drawn = String(this.#shown.length);
  }

  #points(label: string, which: number): uPlot.Series {
    const color = versionColor(which, this.#data.versions.length);
    return {
      label,
      paths: () => null,
      points: { show: true, size: 6, width: 0, stroke: color, fill: `${color}b0` },
    };
  }

  #listen(plot: uPlot): void {
    let pressed = { x: 0, y: 0 };
    plot.over.addEventListener("mousemove", (event) => this.#hover(event));
    plot.over.addEventListener("mouseleave", () => showTip(undefined));
    plot.over.addEventListener("mousedown", ({ clientX: x, clientY: y }) => {
      pressed = { x, y };
    });
    plot.over.addEventListener("click", (event) => {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4) return;
      const found = this.#at(event);
      const link = found === undefined ? undefined : this.#links.of(found);
      if (link !== undefined) location.assign(link);
    });
  }

  #hover(event: MouseEvent): void {
    const found = this.#at(event);
    const over = this.#plot!.over;
    over.style.cursor = found !== undefined && this.#links.of(found) ? "pointer" : "";
    showTip(found === undefined ? undefined : this.#describe(found), event);
  }

  /** The migration under the pointer. */
  #at({ offsetX, offsetY }: MouseEvent): number | undefined {
    const plot = this.#plot!;
    let nearest: number | undefined;
    let distance = REACH;
    for (const index of this.#shown) {
      const x = plot.valToPos(this.#data.time[index]! / 1000, "x") - offsetX;
      if (Math.abs(x) > distance) continue;
      const away = Math.hypot(x, plot.valToPos(this.#data.downtime[index]!, "y") - offsetY);
      if (away >= distance) continue;
      distance = away;
      nearest = index;
    }
    return nearest;
  }

  #describe(index: number): HTMLElement {
    const { time, hosts, host, machines, machine, versions, version, statuses, status, rounds } =
      this.#data;
    const lines = [
      `${inMinutes(time[index]!)} UTC, ${hosts[host[index]!]}`,
      `${machines[machine[index]!]}, ${versions[version[index]!]}`,
      `${statuses[status[index]!]}, ${rounds[index]} ${rounds[index] === 1 ? "round" : "rounds"}`,
    ];
    if (this.#links.of(index) === undefined)
      lines.push(`qtrace analyze ${this.#data.folder[index]}`);
    return element(
      "div",
      {},
      element("strong", {}, inMilliseconds(this.#data.downtime[index]!)),
      ` ${nameOf(this.#data, index)}`,
      ...lines.map((line) => element("div", { class: "quiet" }, line)),
    );
  }

  #drawKeys(): void {
    const { versions } = this.#data;
    byId("keys").replaceChildren(
      ...versions.map((label, which) =>
        element(
          "span",
          {},
          element("i", { style: `background:${versionColor(which, versions.length)}` }),
          label || "not told",
        ),
      ),
    );
  }
}

/** Shows something beside the pointer, or nothing. */
function showTip(content: HTMLElement | undefined, event?: MouseEvent): void {
  const tip = byId("tip");
  tip.hidden = content === undefined;
  if (!content || !event) return;
  tip.replaceChildren(content);
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, room))}px`;
  tip.style.top = `${event.clientY + 16}px`;
}
