import type { MigrationAccount, Postcopy, Round, SideSummary } from "../../analysis/account.js";
import { channelsNote } from "../channels-note.js";
import { clockWords } from "../clock-words.js";
import { downtimeWords } from "../downtime-words.js";
import { failurePlace } from "../failure-place.js";
import { sentIn } from "../sent-in.js";
import { downtimeInterval, type Extent, originOf, phasesOf } from "../time-line.js";
import { tracingWords } from "../tracing-words.js";
import {
  formatBytes,
  formatDuration,
  formatMilliseconds,
  formatOffset,
  formatShare,
} from "../units.js";
import { html, type Markup } from "./markup.js";
import { count, splitDuration } from "./quantities.js";

/** The first screen: what a reader wants to know before anything else. */
export function summarySection(account: MigrationAccount): Markup {
  return html`<section class="summary" aria-label="Summary">
${messageList("problems", "Problems", account.problems)}
${failureBlock(account)}
${messageList("warnings", "Warnings", account.warnings)}
<div class="hero">${hero(account)}</div>
<dl class="facts">${facts(account)}</dl>
${advice(tracingWords(account), account.advice)}
${phaseStrip(account)}
</section>`;
}

function messageList(name: string, label: string, texts: readonly string[]): Markup | undefined {
  if (texts.length === 0) return undefined;
  return html`<ul class="${name}" aria-label="${label}">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** Where and why it failed, in QEMU's words, and what would help. */
function failureBlock(account: MigrationAccount): Markup | undefined {
  const { failure } = account.outcome;
  if (!failure) return undefined;
  return html`<div class="failure" role="group" aria-label="Failure"><h2>Failed ${failurePlace(account, failure)}</h2>
<ol>${failure.errors.map((error) => html`<li><code>${error}</code></li>`)}</ol>
${failure.hint !== undefined && html`<p>${failure.hint}</p>`}</div>`;
}

/** The downtime as the text has it: one figure, its range, then what else is known of it. */
function hero({ downtime }: MigrationAccount): Markup {
  const { value, range, meaning, others } = downtimeWords(downtime);
  return html`<h2>Downtime</h2>
${heroFigure(value)}
${range !== undefined && html`<p class="range">${range}</p>`}
<p>${withCode(meaning.replace("query-migrate", "`query-migrate`"))}</p>
${others.length > 0 && html`<dl class="others">${others.map(({ value: other, meaning: what }) => html`<div><dt>${formatDuration(other)}</dt><dd>${withCode(what.replace("query-migrate", "`query-migrate`"))}</dd></div>`)}</dl>`}`;
}

function heroFigure(nanoseconds: bigint | undefined): Markup {
  if (nanoseconds === undefined) return html`<p class="big none">unknown</p>`;
  const { value, unit } = splitDuration(nanoseconds);
  return html`<p class="big" title="${formatDuration(nanoseconds)}">${value}<span class="unit"> ${unit}</span></p>`;
}

function facts(account: MigrationAccount): Markup[] {
  const { begin, end, rounds, source, destination } = account;
  const total = begin !== undefined && end !== undefined ? end - begin : undefined;
  return [
    fact("Total time", total === undefined ? "–" : formatDuration(total), ...outcomeNote(account)),
    stream(account),
    account.postcopy
      ? faults(account.postcopy)
      : fact("Rounds", rounds.length > 0 ? String(rounds.length) : "–", roundsNote(account)),
    switchover(account),
    fact("Paired", pairedShare(source, destination), pairedNote(source, destination)),
    clocksFact(account),
  ];
}

function fact(name: string, value: string, note: string, bad = false): Markup {
  return html`<div${bad && html` class="bad"`}><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function clocksFact({ clocks, source, destination }: MigrationAccount): Markup {
  if (clocks) {
    const { verdict, why } = clockWords(clocks);
    return fact("Clocks", verdict, why, clocks.verdict === "broken");
  }
  if (source && destination) {
    return fact("Clocks", "unknown", "no event of one trace can be matched in time with the other");
  }
  return fact("Clocks", "–", source || destination ? "there is only one trace" : "no trace");
}

/** How it ended, and whether that is bad. */
function outcomeNote({ outcome, attempt }: MigrationAccount): [string, boolean] {
  const { state, failure } = outcome;
  // The block of the failure has its errors.
  const error = failure ? undefined : outcome.error;
  const which = attempt ? `, attempt ${attempt.number} of ${attempt.of}` : "";
  if (state === undefined) return [`end not told${which}`, false];
  const bad = state === "failed" || state === "cancelled";
  return [`${error === undefined ? state : `${state}: ${error}`}${which}`, bad];
}

function faults({ requests, blocked }: Postcopy): Markup {
  const waited =
    blocked === undefined ? "none told" : `waited ${formatDuration(blocked)} for pages`;
  if (requests.length === 0) return fact("Faults in postcopy", "–", "none in the traces");
  return fact("Faults in postcopy", count(requests.length), waited);
}

function roundsNote({ rounds, syncs, streamSize }: MigrationAccount): string {
  if (rounds.length === 0) return "the source’s trace tells none";
  const times = `${count(syncs.length)} syncs of the dirty bitmap`;
  const sent = sentNote(rounds, streamSize !== undefined);
  return sent === undefined ? times : `${times}, ${sent}`;
}

function sentNote(rounds: readonly Round[], streamed: boolean): string | undefined {
  if (rounds.some(({ pages }) => pages === undefined)) {
    const sent = rounds.flatMap((round) => sentIn(round, streamed) ?? []);
    if (sent.length < rounds.length) return undefined;
    return `${formatBytes(sent.reduce((sum, bytes) => sum + bytes, 0))} sent`;
  }
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
  return expected === 0 ? "–" : formatShare(paired, expected);
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
  const phases = phasesOf(account);
  const [first, last] = [phases[0], phases.at(-1)];
  if (!first || !last) return undefined;
  const whole = Number(last.end - first.start) || 1;
  const still = downtimeInterval(account);
  const parts = phases.map(({ name, start, end }) => {
    const share = Number(end - start) / whole;
    const down = still !== undefined && liesWithin({ begin: start, end }, still);
    const text = `${name}: ${formatDuration(end - start)}`;
    return html`<li style="flex-grow:${Math.max(share, 0.002).toFixed(5)}"${down && html` class="down"`} title="${text}"><span>${name}</span><small>${formatDuration(end - start)}</small></li>`;
  });
  return html`<ol class="strip" aria-label="Phases">${parts}</ol>`;
}

/** Whether nine tenths of an interval lie within another. */
function liesWithin({ begin, end }: Extent, other: Extent): boolean {
  const from = begin > other.begin ? begin : other.begin;
  const to = end < other.end ? end : other.end;
  return to > from && (to - from) * 10n >= (end - begin) * 9n;
}
