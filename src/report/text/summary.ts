import type { MigrationAccount, SideSummary } from "../../analysis/account.js";
import { channelsNote } from "../channels-note.js";
import { downtimeFigure, downtimeWords } from "../downtime-words.js";
import { failurePlace } from "../failure-place.js";
import { type Clock, isPlaced, relativeClock } from "../relative-clock.js";
import { tracingWords } from "../tracing-words.js";
import { formatBytes, formatDuration, formatOffset, formatShare } from "../units.js";
import { wrap } from "./wrap.js";

const NAME = 11;

type Line = readonly [name: string, text: string];

/** The first screen: what a reader wants to know before anything else. */
export function summary(account: MigrationAccount, width: number): string {
  const clock = relativeClock(account);
  const { begin, end, clocks, problems, warnings, advice } = account;
  const tracing = tracingWords(account);
  const lines: Line[] = [
    ...named("problem", problems),
    ...failureLines(account),
    ...named("warning", warnings),
    ["machine", account.machine ?? "unknown"],
    ["stream", streamLine(account)],
    ...outcomeLines(account),
    ...(begin !== undefined && end !== undefined
      ? [["total time", formatDuration(end - begin)] as const]
      : []),
    ["rounds", roundsLine(account)],
    ["switchover", switchover(account, clock)],
    ...downtimeLines(account),
    ...(tracing === undefined ? [] : [["tracing", tracing] as const]),
    ...pairedLines(account),
    ...(clocks ? [["clocks", clocksLine(clocks, clock)] as const] : []),
    ...named("note", advice),
  ];
  return lines.map((line) => printLine(line, width)).join("");
}

/** Lines of one name, which only the first has. */
function named(name: string, texts: readonly string[]): Line[] {
  return texts.map((text, index) => [index === 0 ? name : "", text]);
}

function printLine([name, text]: Line, width: number): string {
  const [first, ...rest] = wrap(text, width - NAME - 1);
  const indent = " ".repeat(NAME + 1);
  return [`${name.padEnd(NAME)} ${first}\n`, ...rest.map((line) => `${indent}${line}\n`)].join("");
}

function streamLine(account: MigrationAccount): string {
  const { totalBytes, items } = account;
  if (totalBytes !== undefined) {
    const note = channelsNote(account);
    return `${formatBytes(totalBytes)}${note ? `: ${note}` : ` in ${items.length} items`}`;
  }
  if (items.length === 0) return "not given; the traces identify no items";
  return `not given; ${items.length} items by what the traces tell`;
}

/** Where and why it failed, and what would help. */
function failureLines(account: MigrationAccount): Line[] {
  const { failure } = account.outcome;
  if (!failure) return [];
  const { errors, hint } = failure;
  return [
    ...named("failed", [`${failurePlace(account, failure)}`, ...errors]),
    ...(hint === undefined ? [] : [["hint", hint] as const]),
  ];
}

/** Shown where it is news: that it did not complete, or not at once. */
function outcomeLines({ outcome: { state, error, failure }, attempt }: MigrationAccount): Line[] {
  const lines: Line[] = [];
  if (state !== undefined && state !== "completed" && !failure) {
    const ended = state === "cancelled" ? state : `unknown; last state ${state}`;
    lines.push(["outcome", error ? `${ended}: ${error}` : ended]);
  }
  if (attempt) {
    const { number, of } = attempt;
    lines.push(["attempt", `${number} of ${of} in the trace; see --attempt`]);
  }
  return lines;
}

function downtimeLines({ downtime }: MigrationAccount): Line[] {
  const words = downtimeWords(downtime);
  return named("downtime", [
    `${downtimeFigure(words)}, ${words.meaning}`,
    ...words.others.map(({ value, meaning }) => `${formatDuration(value)} ${meaning}`),
  ]);
}

/** Passes through memory, and the syncs that they took. */
function roundsLine({ rounds, syncs }: MigrationAccount): string {
  if (syncs.length === 0) return "unknown";
  const passes = ["unknown passes", "1 pass"][rounds.length] ?? `${rounds.length} passes`;
  const unfinished = rounds.at(-1)?.complete === false ? ", the last one not complete" : "";
  const times = syncs.length === 1 ? "once" : `${syncs.length} times`;
  return `${passes} through memory${unfinished}; the dirty bitmap was synchronised ${times}`;
}

function switchover(account: MigrationAccount, clock: Clock): string {
  const start = account.switchoverStart;
  if (!start)
    return account.streamSize === undefined ? "unknown" : "no SWITCHOVER_START in the stream";
  const { offset, sent, received } = start;
  const where = offset === undefined ? "" : ` at byte ${formatOffset(offset)}`;
  const parts = [`SWITCHOVER_START${where}`];
  if (sent !== undefined) parts.push(`sent at ${clock(sent)} ms`);
  if (received !== undefined && isPlaced(account)) parts.push(`read at ${clock(received)} ms`);
  return parts.join(", ");
}

function pairedLines({ items, source, destination }: MigrationAccount): Line[] {
  if (items.length === 0) return [];
  return [
    ["paired", pairedShare("source", source)],
    ["", pairedShare("destination", destination)],
  ];
}

function pairedShare(side: string, summary: SideSummary | undefined): string {
  if (!summary) return `${side}: no trace`;
  const { paired, expected, strays } = summary;
  const share = expected === 0 ? "" : `${formatShare(paired, expected)}, `;
  const rest = strays.length > 0 ? `; ${strays.length} traced without an item` : "";
  return `${side}: ${share}${paired} of the ${expected} items that QEMU traces there${rest}`;
}

function clocksLine(clocks: NonNullable<MigrationAccount["clocks"]>, clock: Clock): string {
  const { verdict, offset, drift, lower, upper, contradiction } = clocks;
  const bound = (value: bigint | undefined) => (value === undefined ? "–" : formatDuration(value));
  const bounds = `between ${bound(lower)} and ${bound(upper)}`;
  const width =
    lower === undefined || upper === undefined ? "" : `, known to ${formatDuration(upper - lower)}`;
  const drifting = drift === 0 ? "" : `, and drifts by ${drift.toFixed(1)} ppm`;
  switch (verdict) {
    case "given":
      return offset === 0n
        ? "one clock serves both traces, as given"
        : `the destination's is ${formatDuration(offset)} ahead, as given`;
    case "unknown":
      return `unknown: causality allows an offset ${bounds}`;
    case "one":
      return `one clock serves both traces (causality allows an offset ${bounds})`;
    case "two":
      return `the destination's is ${formatDuration(offset)} ahead (${bounds}${width})${drifting}`;
    case "broken":
      if (contradiction === undefined) return "unknown: the inputs contradict each other";
      return `contradictory around ${clock(contradiction)} ms: items are read before they are sent`;
  }
}
