import type { MigrationAccount, SideSummary } from "../../analysis/account.js";
import { tracingWords } from "../tracing-words.js";
import { formatBytes, formatDuration, formatOffset } from "../units.js";
import { type Clock, relativeClock } from "./relative-clock.js";
import { wrap } from "./wrap.js";

const NAME = 11;

type Line = readonly [name: string, text: string];

/** The first screen: what a reader wants to know before anything else. */
export function summary(account: MigrationAccount, width: number): string {
  const clock = relativeClock(account);
  const { begin, end, rounds, clocks, problems, advice } = account;
  const tracing = tracingWords(account);
  const lines: Line[] = [
    ...named("problem", problems),
    ["machine", account.machine ?? "not told"],
    ["stream", streamLine(account)],
    ...outcomeLines(account),
    ...(begin !== undefined && end !== undefined
      ? [["total time", formatDuration(end - begin)] as const]
      : []),
    ["rounds", rounds.length > 0 ? String(rounds.length) : "not told"],
    ["switchover", switchover(account.switchoverStart, clock)],
    ...downtimeLines(account),
    ...(tracing === undefined ? [] : [["tracing", tracing] as const]),
    ["paired", pairedShare("source", account.source)],
    ["", pairedShare("destination", account.destination)],
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

function streamLine({ streamSize, items }: MigrationAccount): string {
  if (streamSize !== undefined) return `${formatBytes(streamSize)} in ${items.length} items`;
  return `not given; ${items.length} items by what the traces tell`;
}

/** Told where it is news: that it did not complete, or not at once. */
function outcomeLines({ outcome: { state, error }, attempt }: MigrationAccount): Line[] {
  const lines: Line[] = [];
  if (state !== undefined && state !== "completed") {
    const ended = state === "failed" || state === "cancelled" ? state : `not told; last ${state}`;
    lines.push(["outcome", error ? `${ended}: ${error}` : ended]);
  }
  if (attempt) {
    const { number, of } = attempt;
    lines.push(["attempt", `${number} of the ${of} that the source's trace tells`]);
  }
  return lines;
}

function downtimeLines({ downtime: { guest, reported } }: MigrationAccount): Line[] {
  const lines: string[] = [];
  if (guest !== undefined) {
    lines.push(
      `${formatDuration(guest)}, from the guest's stop at the source to its run at the destination`,
    );
  }
  if (reported !== undefined) {
    lines.push(`${formatDuration(reported)} as the source measures it (query-migrate)`);
  }
  return named("downtime", lines);
}

function switchover(start: MigrationAccount["switchoverStart"], clock: Clock): string {
  if (!start) return "no SWITCHOVER_START in the stream";
  const { offset, sent, received } = start;
  const where = offset === undefined ? "" : ` at byte ${formatOffset(offset)}`;
  const parts = [`SWITCHOVER_START${where}`];
  if (sent !== undefined) parts.push(`sent at ${clock(sent)} ms`);
  if (received !== undefined) parts.push(`read at ${clock(received)} ms`);
  return parts.join(", ");
}

function pairedShare(side: string, summary: SideSummary | undefined): string {
  if (!summary) return `${side}: no trace`;
  const { paired, expected, strays } = summary;
  const share = expected === 0 ? "" : `${Math.floor((paired / expected) * 1000) / 10} %, `;
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
    case "one":
      return `one clock serves both traces (causality allows an offset ${bounds})`;
    case "two":
      return `the destination's is ${formatDuration(offset)} ahead (${bounds}${width})${drifting}`;
    case "broken":
      return `contradictory around ${clock(contradiction)} ms: items are read before they are sent`;
  }
}
