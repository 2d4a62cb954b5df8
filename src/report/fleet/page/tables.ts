import { percentile, sortNumbers } from "../../../analysis/percentile.js";
import { byId, element } from "../../html/page/dom.js";
import { formatBytes } from "../../units.js";
import type { FleetPageData, Measure } from "../fleet-page-data.js";
import { inMilliseconds, inMinutes, type Links, nameOf } from "./fleet-model.js";

const ROWS = 30;

type Cell = Node | string;

/** Fills a table of the page; columns whose title begins with a blank are numbers. */
function fill(id: string, titles: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const kind = (column: number) => ({ class: titles[column]!.startsWith(" ") ? "number" : "text" });
  const head = element(
    "tr",
    {},
    ...titles.map((title, at) => element("th", kind(at), title.trim())),
  );
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell, at) => element("td", kind(at), cell))),
  );
  const none = element(
    "tr",
    {},
    element("td", { colspan: `${titles.length}`, class: "quiet" }, "none"),
  );
  const rowGroup = element("tbody");
  for (const row of body.length > 0 ? body : [none]) rowGroup.append(row);
  byId(id).replaceChildren(element("thead", {}, head), rowGroup);
}

function linked(data: FleetPageData, links: Links, index: number): Cell {
  const href = links.of(index);
  const name = nameOf(data, index);
  return href === undefined
    ? element("span", { title: data.folder[index]! }, name)
    : element("a", { href, title: data.folder[index]! }, name);
}

/** The longest downtimes of some migrations. */
export function fillLongest(
  data: FleetPageData,
  links: Links,
  migrations: readonly number[],
): void {
  const { downtime, time, hosts, host, machines, machine, versions, version } = data;
  const longest = migrations
    .filter((index) => downtime[index] !== null)
    .sort((a, b) => downtime[b]! - downtime[a]!)
    .slice(0, ROWS);
  fill(
    "longest",
    [" Downtime", "Migration", "Time (UTC)", "Host", "Machine type", "Version"],
    longest.map((index) => [
      inMilliseconds(downtime[index]!),
      linked(data, links, index),
      inMinutes(time[index]!),
      hosts[host[index]!]!,
      machines[machine[index]!]!,
      versions[version[index]!]!,
    ]),
  );
}

/** The percentiles of downtime by machine type and version. */
export function fillPercentiles(data: FleetPageData, migrations: readonly number[]): void {
  const { downtime, machines, machine, versions, version } = data;
  const groups = new Map<number, number[]>();
  for (const index of migrations) {
    if (downtime[index] === null) continue;
    const key = machine[index]! * versions.length + version[index]!;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(downtime[index]!);
  }
  let longest = 0;
  for (const values of groups.values()) {
    longest = Math.max(longest, percentile(sortNumbers(values), 95) ?? 0);
  }
  const rows = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([key, values]) => {
      const sorted = sortNumbers(values);
      const at = (percent: number) => percentile(sorted, percent)!;
      return [
        machines[Math.floor(key / versions.length)]!,
        versions[key % versions.length]!,
        String(sorted.length),
        ...[50, 90, 95, 99, 100].map((percent) => inMilliseconds(at(percent))),
        bar([at(50), at(95)], longest),
      ];
    });
  fill(
    "percentiles",
    [
      "Machine type",
      "Version",
      " Migrations",
      " Median",
      " 90 %",
      " 95 %",
      " 99 %",
      " Longest",
      "Median to 95 %",
    ],
    rows,
  );
}

/** A stretch of a scale from 0. */
function bar([from, to]: readonly [number, number], scale: number): HTMLElement {
  const [left, right] = [(100 * from) / scale, (100 * to) / scale];
  const style = `left:${left.toFixed(2)}%;width:${Math.max(0.8, right - left).toFixed(2)}%`;
  return element("span", { class: "bar" }, element("i", { style }));
}

/** What takes another time in the median with one version than with another. */
export function fillMoved(data: FleetPageData, before: number, after: number, least: number): void {
  const of = (version: number) =>
    data.measures.filter((measure) => measure.version === version && measure.migrations >= least);
  const key = ({ machine, what }: Measure) => `${machine} ${what}`;
  const earlier = new Map(of(before).map((measure) => [key(measure), measure]));
  const rows = of(after)
    .flatMap((now) => {
      const then = earlier.get(key(now));
      return then && then.p50 > 0 && now.p50 > 0 ? [{ then, now, ratio: now.p50 / then.p50 }] : [];
    })
    .sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)))
    .slice(0, ROWS);
  fill(
    "moved",
    [
      "Machine type",
      "What",
      " Migrations",
      " Before",
      " After",
      " Factor",
      "",
      " 95 % before",
      " 95 % after",
    ],
    rows.map(({ then, now, ratio }) => [
      data.machines[now.machine]!,
      now.what,
      `${then.migrations}, ${now.migrations}`,
      inMilliseconds(then.p50),
      inMilliseconds(now.p50),
      `${Number(ratio.toPrecision(3))}×`,
      factor(ratio),
      inMilliseconds(then.p95),
      inMilliseconds(now.p95),
    ]),
  );
}

/** A factor as a bar from the middle: to the right what got slower. Tenfold fills it. */
function factor(ratio: number): HTMLElement {
  const length = Math.min(50, 50 * Math.abs(Math.log10(ratio)));
  const slower = ratio > 1;
  const style = `left:${(slower ? 50 : 50 - length).toFixed(2)}%;width:${length.toFixed(2)}%`;
  return element(
    "span",
    { class: `bar middle ${slower ? "slower" : "faster"}` },
    element("i", { style }),
  );
}

/** The migrations that did not converge, of those that are wanted. */
export function fillStuck(data: FleetPageData, links: Links, migrations: readonly number[]): void {
  const wanted = new Set(migrations);
  const { hosts, host, machines, machine, versions, version, statuses, status, rounds } = data;
  fill(
    "stuck",
    [
      "Host",
      "Migration",
      "Machine type",
      "Version",
      "Outcome",
      " Rounds",
      " Dirty early",
      " Dirty late",
    ],
    data.nonConverging
      .filter(({ migration }) => wanted.has(migration))
      .map(({ migration, early, late }) => [
        hosts[host[migration]!]!,
        linked(data, links, migration),
        machines[machine[migration]!]!,
        versions[version[migration]!]!,
        statuses[status[migration]!]!,
        String(rounds[migration]!),
        formatBytes(early),
        formatBytes(late),
      ]),
  );
}
