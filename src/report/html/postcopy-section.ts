import type { MigrationAccount, Postcopy } from "../../analysis/account.js";
import { percentile } from "../../analysis/percentile.js";
import { latencies, latencyBuckets, stageMedians } from "../latency.js";
import { originsOf } from "../relative-clock.js";
import { stageWords } from "../stage-words.js";
import { formatBytes, formatDuration, formatMilliseconds, formatOffset } from "../units.js";
import { html, type Markup } from "./markup.js";
import { count, cssPercent } from "./quantities.js";

const SLOWEST = 12;

/** Postcopy: how long the guest waited for pages at the destination, and for which longest. */
export function postcopySection(account: MigrationAccount): Markup | undefined {
  const { postcopy } = account;
  if (!postcopy) return undefined;
  const sorted = latencies(postcopy.requests);
  return html`<section id="postcopy" aria-labelledby="postcopy-title">
<h2 id="postcopy-title">Postcopy</h2>
<p class="lead">The guest ran at the destination while pages were still at the source: where it touched one of them, it waited.</p>
<dl class="facts">${facts(account, postcopy, sorted)}</dl>
${sorted.length > 0 && html`<div class="pair">${histogram(sorted)}${slowest(account, postcopy)}</div>`}
</section>`;
}

function facts(account: MigrationAccount, postcopy: Postcopy, sorted: readonly number[]): Markup[] {
  const { start, end, pages, zeroPages, bytes, requests, blocked } = postcopy;
  const origin = originsOf(account).destination;
  const moment = (time: bigint | undefined) =>
    time === undefined ? "–" : `${formatMilliseconds(time - origin)} ms`;
  const lasted = start === undefined || end === undefined ? "–" : formatDuration(end - start);
  const requested = requests.filter(({ kind }) => kind === "requested");
  const before = requested.filter(({ sentBefore }) => sentBefore).length;
  const { total } = stageMedians(requests, account.clocks);
  return [
    fact("Lasted", lasted, `${moment(start)} to ${moment(end)}`),
    fact(
      "Sent in it",
      pages === undefined ? "–" : formatBytes(bytes),
      `${count(pages)} pages, ${count(zeroPages)} zero pages on the main channel`,
    ),
    fact(
      "Faults",
      requests.length === 0 ? "–" : count(requests.length),
      requests.length === 0
        ? "none in the traces"
        : `${count(requested.length)} asked of the source, ${count(before)} of them on their way already`,
    ),
    fact(
      "Guest waited",
      blocked === undefined ? "–" : formatDuration(blocked),
      "with one thread at least",
    ),
    fact(
      "Latency, median",
      duration(percentile(sorted, 50)),
      `95 % within ${duration(percentile(sorted, 95))}, longest ${duration(sorted.at(-1))}`,
    ),
    fact(
      "Of a page sent for it",
      duration(total),
      stageWords(account, postcopy) ?? "no request is in both traces",
    ),
  ];
}

function fact(name: string, value: string, note: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function duration(nanoseconds: number | undefined): string {
  return nanoseconds === undefined ? "–" : formatDuration(BigInt(Math.round(nanoseconds)));
}

function histogram(sorted: readonly number[]): Markup {
  const buckets = latencyBuckets(sorted);
  const most = buckets.reduce((found, bucket) => Math.max(found, bucket.count), 1);
  return html`<table class="grid"><caption>Latency</caption>
<thead><tr><th scope="col" class="n">Below</th><th scope="col" class="wide">Faults</th></tr></thead>
<tbody>${buckets.map(
    (bucket) =>
      html`<tr><th scope="row" class="n">${duration(bucket.to)}</th><td class="wide"><span class="bar destination" style="--w:${cssPercent(bucket.count, most)}"></span><span class="bar-text">${count(bucket.count)}</span></td></tr>`,
  )}</tbody></table>`;
}

function slowest(account: MigrationAccount, { requests }: Postcopy): Markup {
  const origin = originsOf(account).destination;
  const told = requests.flatMap(({ faulted, arrived, ...request }) =>
    faulted === undefined || arrived === undefined
      ? []
      : [{ ...request, faulted, took: arrived - faulted }],
  );
  const rows = told.sort((a, b) => Number(b.took - a.took)).slice(0, SLOWEST);
  return html`<table class="grid"><caption>Waited longest</caption>
<thead><tr><th scope="col">Page</th><th scope="col" class="n">From ms</th><th scope="col" class="n">Waited</th><th scope="col"><span class="hidden">note</span></th></tr></thead>
<tbody>${rows.map(
    ({ block, offset, faulted, took, sentBefore }) =>
      html`<tr><th scope="row">${block} ${formatOffset(offset)}</th><td class="n">${formatMilliseconds(faulted - origin)}</td><td class="n">${formatDuration(took)}</td><td class="quiet">${sentBefore && "on its way already"}</td></tr>`,
  )}</tbody></table>`;
}
