import { percentile, sortNumbers } from "../../analysis/percentile.js";
import { html, type Markup } from "../html/markup.js";
import { pageShell } from "../html/page-shell.js";
import { formatPercent } from "../units.js";
import type { FleetPageData } from "./fleet-page-data.js";
import { pageScript, pageStyle } from "./page-bundle.js";

/**
 * A page over many migrations that needs no network: downtime over time and how it is distributed,
 * the devices that moved between two versions, the migrations that did not converge; every migration
 * a link to its own page.
 */
export function fleetReport(data: FleetPageData, title: string): string {
  return pageShell({
    title,
    style: pageStyle,
    script: pageScript,
    main: [
      summary(data),
      html`<noscript><p class="quiet">The charts and tables need scripts.</p></noscript>`,
      filters(data),
      overTime(),
      distribution(),
      moved(data),
      longest(),
      nonConverging(data),
      html`<div id="tip" hidden></div>`,
    ],
    footer:
      "Downtime is the time from the guest’s stop at the source to its run at the destination. Percentiles are by nearest rank.",
    data,
  });
}

function summary(data: FleetPageData): Markup {
  const downtimes = sortNumbers(data.downtime.filter((value) => value !== null));
  const median = percentile(downtimes, 50);
  return html`<section class="summary" aria-label="Summary">
<div class="hero"><h2>Median downtime</h2>
<p class="big${median === undefined && " none"}">${median === undefined ? "not told" : milliseconds(median)}${median !== undefined && html`<span class="unit"> ms</span>`}</p>
<p>of ${downtimes.length} migrations whose downtime is known</p></div>
<dl class="facts">
${fact("Migrations", String(data.recording.length), period(data))}
${fact("95th percentile", inMilliseconds(percentile(downtimes, 95)), "of the downtime")}
${fact("Longest", inMilliseconds(downtimes.at(-1)), `99th percentile ${inMilliseconds(percentile(downtimes, 99))}`)}
${fact("Outcome", ...outcome(data))}
${fact("Versions", String(data.versions.length), data.versions.join(", "))}
${fact("Hosts", String(data.hosts.length), `${data.machines.length} machine types`)}
</dl>
</section>`;
}

function fact(name: string, value: string, note: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function period({ time }: FleetPageData): string {
  const day = (at: number | undefined) => new Date(at ?? 0).toISOString().slice(0, 10);
  if (time.length === 0) return "none yet";
  const [first, last] = [day(time[0]), day(time.at(-1))];
  return first === last ? first : `${first} to ${last}`;
}

/** The share that completed, and how many came to something else. */
function outcome({ status, statuses }: FleetPageData): [string, string] {
  const counts = statuses.map((name, index) => ({
    name: name || "not told",
    count: status.filter((one) => one === index).length,
  }));
  const completed = counts.find(({ name }) => name === "completed")?.count ?? 0;
  const others = counts.filter(({ name }) => name !== "completed");
  const share = status.length === 0 ? "–" : formatPercent(completed / status.length);
  return [share, `completed${others.map(({ name, count }) => `, ${count} ${name}`).join("")}`];
}

function filters({ versions, machines, hosts, statuses }: FleetPageData): Markup {
  return html`<section class="filters" aria-label="Filters">
${select("version", "Version", versions)}
${select("machine", "Machine type", machines)}
${select("host", "Host", hosts)}
${select("status", "Outcome", statuses)}
<p class="quiet" id="count" role="status"></p>
</section>`;
}

function select(id: string, label: string, values: readonly string[]): Markup {
  const options = values.map(
    (value, index) => html`<option value="${index}">${value || "not told"}</option>`,
  );
  return html`<label>${label} <select id="${id}"><option value="">all</option>${options}</select></label>`;
}

function overTime(): Markup {
  return html`<section aria-label="Downtime over time">
<div class="head"><h2>Downtime over time</h2><div class="tools"><label class="quiet"><input type="checkbox" id="log" checked> logarithmic</label></div></div>
<p class="lead">Each point is a migration, coloured by version; a click opens its page. Drag to look closer, double-click for all.</p>
<div id="time" class="plot"></div>
<div id="keys" class="keys"></div>
</section>`;
}

function distribution(): Markup {
  return html`<section aria-label="Distribution of downtime">
<div class="head"><h2>How long guests stood still</h2></div>
<p class="lead">The share of migrations whose downtime was no longer than that, by version; and the percentiles by machine type.</p>
<div id="shares" class="plot"></div>
<div class="scroll"><table id="percentiles"></table></div>
</section>`;
}

function moved({ versions }: FleetPageData): Markup {
  const choose = (id: string, chosen: number) =>
    html`<select id="${id}" aria-label="${id === "before" ? "From version" : "To version"}">${versions.map(
      (version, index) =>
        html`<option value="${index}"${index === chosen && html` selected`}>${version || "not told"}</option>`,
    )}</select>`;
  return html`<section aria-label="What moved">
<div class="head"><h2>What moved from ${choose("before", versions.length - 2)} to ${choose("after", versions.length - 1)}</h2>
<div class="tools"><label class="quiet">of at least <input type="number" id="least" min="1" value="5"> migrations each</label></div></div>
<p class="lead">Medians on the same machine type: the downtime, the whole migration, and every device’s save and load. The largest factors first.</p>
<div class="scroll"><table id="moved"></table></div>
</section>`;
}

function longest(): Markup {
  return html`<section aria-label="Longest downtimes">
<div class="head"><h2>The longest downtimes</h2></div>
<div class="scroll"><table id="longest"></table></div>
</section>`;
}

function nonConverging(data: FleetPageData): Markup {
  return html`<section aria-label="Not converging">
<div class="head"><h2>Did not converge</h2></div>
<p class="lead">${data.nonConverging.length} migrations started their later rounds with no less dirty memory than the earlier ones. Those that ended as planned, by postcopy or within few rounds, are not among them.</p>
<div class="scroll"><table id="stuck"></table></div>
</section>`;
}

function inMilliseconds(value: number | undefined): string {
  return value === undefined ? "–" : `${milliseconds(value)} ms`;
}

function milliseconds(value: number): string {
  return value < 100 ? String(Number(value.toPrecision(3))) : value.toFixed(0);
}
