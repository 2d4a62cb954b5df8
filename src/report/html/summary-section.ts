import type { MigrationAccount, Postcopy, SideSummary } from "../../analysis/account.js";
import { channelsNote } from "../channels-note.js";
import { clockWords } from "../clock-words.js";
import { sentIn } from "../sent-in.js";
import { extentOf, originOf, phasesOf } from "../time-line.js";
import { tracingWords } from "../tracing-words.js";
import { formatBytes, formatDuration, formatMilliseconds, formatOffset } from "../units.js";
import { html, type Markup } from "./markup.js";
import { count, percent, splitDuration } from "./quantities.js";

/** The first screen: what a reader wants to know before anything else. */
export function summarySection(account: MigrationAccount): Markup {
  return html`<section class="summary" aria-label="Summary">
${problemList(account.problems)}
<div class="hero">${hero(account)}</div>
<dl class="facts">${facts(account)}</dl>
${advice(tracingWords(account), account.advice)}
${phaseStrip(account)}
</section>`;
}

function hero(account: MigrationAccount): Markup {
  const { guest, reported } = account.downtime;
  const measured = guest ?? reported;
  if (measured === undefined) {
    return html`<h2>Downtime</h2><p class="big none">unknown</p>
${whyUnknown(account).map((reason) => html`<p>${reason}</p>`)}`;
  }
  const { value, unit } = splitDuration(measured);
  const query =
    reported !== undefined && guest !== undefined
      ? html`<p>${formatDuration(reported)} as <code>query-migrate</code> counts it</p>`
      : undefined;
  return html`<h2>Downtime</h2>
<p class="big" title="${formatDuration(measured)}">${value}<span class="unit"> ${unit}</span></p>
<p>${guest === undefined ? "as the source counts it" : "from the guest’s stop at the source to its run at the destination"}</p>
${query}`;
}

/** What is missing on each side to know the downtime. */
function whyUnknown({ source, destination, downtime }: MigrationAccount): Markup[] {
  const { stopped, running } = downtime;
  const missing: Markup[] = [];
  if (!source) missing.push(html`There is no source trace.`);
  else if (stopped === undefined)
    missing.push(
      html`The source’s trace does not show that the guest stopped (<code>vm_state_notify</code> or downtime checkpoints).`,
    );
  if (!destination) missing.push(html`There is no destination trace.`);
  else if (running === undefined)
    missing.push(
      html`The destination’s trace does not show that the guest started (<code>vm_state_notify</code>).`,
    );
  if (missing.length > 0) return missing;
  return [
    html`Both traces show their side of it, but their timestamps cannot be compared (see Clocks).`,
  ];
}

function facts(account: MigrationAccount): Markup[] {
  const { begin, end, clocks, rounds, source, destination } = account;
  const total = begin !== undefined && end !== undefined ? end - begin : undefined;
  const words = clocks && clockWords(clocks);
  return [
    fact("Total time", total === undefined ? "–" : formatDuration(total), ...outcomeNote(account)),
    stream(account),
    account.postcopy
      ? faults(account.postcopy)
      : fact("Rounds", rounds.length > 0 ? String(rounds.length) : "–", roundsNote(account)),
    switchover(account),
    fact("Paired", pairedShare(source, destination), pairedNote(source, destination)),
    fact(
      "Clocks",
      words?.verdict ?? "–",
      words?.why ?? "one trace alone, or none",
      clocks?.verdict === "broken",
    ),
  ];
}

function fact(name: string, value: string, note: string, bad = false): Markup {
  return html`<div${bad && html` class="bad"`}><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

/** How it ended, and whether that is bad. */
function outcomeNote({ outcome: { state, error }, attempt }: MigrationAccount): [string, boolean] {
  const which = attempt ? `, attempt ${attempt.number} of ${attempt.of}` : "";
  if (state === undefined) return [`end not told${which}`, false];
  const bad = state === "failed" || state === "cancelled";
  return [`${error === undefined ? state : `${state}: ${error}`}${which}`, bad];
}

function faults({ requests, blocked }: Postcopy): Markup {
  const waited =
    blocked === undefined ? "none told" : `waited ${formatDuration(blocked)} for pages`;
  return fact("Faults in postcopy", count(requests.length), waited);
}

function problemList(problems: readonly string[]): Markup | undefined {
  if (problems.length === 0) return undefined;
  return html`<ul class="problems" aria-label="Problems">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`;
}

function roundsNote({ rounds, syncs }: MigrationAccount): string {
  if (rounds.length === 0) return "the source’s trace tells none";
  const times = `${count(syncs.length)} syncs of the dirty bitmap, `;
  return `${times}${sentNote(rounds)}`;
}

function sentNote(rounds: MigrationAccount["rounds"]): string {
  if (rounds.some(({ pages }) => pages === undefined))
    return `${formatBytes(rounds.reduce((sum, round) => sum + sentIn(round), 0))} sent`;
  return `${count(rounds.reduce((sum, { pages = 0 }) => sum + pages, 0))} pages sent`;
}

function stream(account: MigrationAccount): Markup {
  const { totalBytes, items } = account;
  if (totalBytes === undefined) {
    const known =
      items.length === 0
        ? "the traces identify no items"
        : `${items.length} items by what the traces show`;
    return fact("Stream", "not given", known);
  }
  return fact("Stream", formatBytes(totalBytes), channelsNote(account) ?? `${items.length} items`);
}

function switchover(account: MigrationAccount): Markup {
  const start = account.switchoverStart;
  if (!start) {
    const none = account.streamSize === undefined ? "unknown" : "no SWITCHOVER_START in the stream";
    return fact("Switchover", "–", none);
  }
  const origin = originOf(account);
  const value = start.sent === undefined ? "–" : `${formatMilliseconds(start.sent - origin)} ms`;
  const where = start.offset === undefined ? "" : ` at byte ${formatOffset(start.offset)}`;
  return fact("Switchover", value, `SWITCHOVER_START${where}`);
}

function pairedShare(...sides: readonly (SideSummary | undefined)[]): string {
  const told = sides.filter((side) => side !== undefined);
  const expected = told.reduce((sum, side) => sum + side.expected, 0);
  const paired = told.reduce((sum, side) => sum + side.paired, 0);
  return expected === 0 ? "–" : percent(paired / expected);
}

function pairedNote(source: SideSummary | undefined, destination: SideSummary | undefined) {
  const note = (name: string, side: SideSummary | undefined) =>
    side ? `${name} ${side.paired} of ${side.expected}` : `no ${name} trace`;
  return `${note("source", source)}, ${note("destination", destination)}`;
}

/** What tracing took comes first: the rest is about a downtime that includes it. */
function advice(tracing: string | undefined, lines: readonly string[]): Markup | undefined {
  if (tracing === undefined && lines.length === 0) return undefined;
  const first =
    tracing === undefined ? undefined : html`<li class="tracing">${withCode(tracing)}</li>`;
  return html`<ul class="advice" aria-label="Advice">${first}${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

/** Text with what is between backticks as code. */
function withCode(text: string): Markup[] {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

function phaseStrip(account: MigrationAccount): Markup | undefined {
  const extent = extentOf(account);
  const phases = phasesOf(account);
  if (!extent || phases.length === 0) return undefined;
  const whole = Number(extent.end - extent.begin) || 1;
  const { stopped, running } = account.downtime;
  const parts = phases.map(({ name, start, end }) => {
    const share = Number(end - start) / whole;
    const middle = (start + end) / 2n;
    const down = stopped !== undefined && middle >= stopped && !(running && middle > running);
    const text = `${name}: ${formatDuration(end - start)}`;
    return html`<li style="flex-grow:${Math.max(share, 0.002).toFixed(5)}"${down && html` class="down"`} title="${text}"><span>${name}</span><small>${formatDuration(end - start)}</small></li>`;
  });
  return html`<ol class="strip" aria-label="Phases">${parts}</ol>`;
}
