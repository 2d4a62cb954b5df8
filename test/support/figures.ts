import type { MigrationAccount } from "../../src/analysis/account.js";
import { checkLimits, judgedDowntime } from "../../src/analysis/check-limits.js";

/** A figure as an analysis states it: a word, or nanoseconds between bounds, equal where it is exact. */
export type Figure = string | Interval;

interface Interval {
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
}

/** All figures that an analysis states, by what they are of. What is unknown is left out. */
export function figuresOf(analysis: MigrationAccount): ReadonlyMap<string, Figure> {
  const figures = new Map<string, Figure>();
  const say = (name: string, value: bigint | number | string | undefined, isBound = false) => {
    if (value === undefined) return;
    const exact = typeof value === "string" ? value : BigInt(value);
    const figure = typeof exact === "string" ? exact : { lower: exact, upper: exact };
    figures.set(name, isBound ? { lower: undefined, upper: exact as bigint } : figure);
  };
  const { downtime, begin, end, rounds, devices, postcopy, outcome, attempt } = analysis;
  say("outcome", outcome.state);
  say("attempt", attempt && `${attempt.number} of ${attempt.of}`);
  say("total time", span(begin, end));
  if (downtime.guest !== undefined || downtime.guestBounds.upper !== undefined) {
    figures.set("downtime", downtime.guestBounds);
  }
  say("downtime by the source", downtime.reported);
  say("downtime at the source", downtime.source);
  say("downtime at the destination", downtime.destination);
  say("separate load", downtime.separateLoad ? "yes" : undefined);
  for (const { number, sections, pending, ...round } of rounds) {
    say(`round ${number} start`, round.start);
    say(`round ${number} end`, round.end);
    say(`round ${number} sections`, sections);
    say(`round ${number} pending`, pending);
  }
  for (const { name, save, load, saveIsBound, loadIsBound, postcopy: late } of devices) {
    say(`save of ${name}`, save, saveIsBound);
    say(`load of ${name}`, load, loadIsBound);
    say(`save of ${name} after the run`, late?.save);
    say(`load of ${name} after the run`, late?.load);
  }
  const seen = new Map<string, number>();
  for (const { side, kind, what, bounds, start, end } of downtime.path) {
    const name = `${side} ${kind} ${what}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    figures.set(`path ${name} ${count}`, bounds ?? { lower: end - start, upper: end - start });
  }
  say("blocked", postcopy?.blocked);
  for (const { block, offset, ...request } of postcopy?.requests ?? []) {
    say(`latency of ${block} ${offset}`, span(request.faulted, request.arrived));
    say(`queued ${block} ${offset}`, span(request.received, request.served));
  }
  return figures;
}

function span(from: bigint | undefined, to: bigint | undefined): bigint | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

/** From an item's events to those before and after it, at most: between them there is no work. */
const BETWEEN_EVENTS = 200_000n;

/** Clocks that drift by 50 ppm measure another length. */
function slack(length: bigint): bigint {
  return BETWEEN_EVENTS + (length < 0n ? -length : length) / 10_000n;
}

/** The figures that an analysis states and that are not true, in words. */
export function wrongFigures(
  truth: ReadonlyMap<string, Figure>,
  stated: ReadonlyMap<string, Figure>,
): string[] {
  return [...stated].flatMap(([name, figure]) => {
    const real = truth.get(name);
    return isTrue(real, figure, name) ? [] : [`${name}: ${show(figure)}, not ${show(real)}`];
  });
}

function isTrue(real: Figure | undefined, figure: Figure, name: string): boolean {
  // A segment that the truth does not have is a part of another one.
  if (real === undefined && name.startsWith("path ")) return true;
  if (typeof figure === "string" || typeof real === "string") return figure === real;
  const { lower, upper } = figure;
  if (!real) return lower === undefined || upper === undefined || lower !== upper;
  const [least, most] = [real.lower, real.upper];
  if (most !== undefined && lower !== undefined && lower > most + slack(most)) return false;
  return !(least !== undefined && upper !== undefined && upper < least - slack(least));
}

function show(figure: Figure | undefined): string {
  if (figure === undefined || typeof figure === "string") return figure ?? "unknown";
  return figure.lower === figure.upper ? `${figure.lower}` : `${figure.lower}…${figure.upper}`;
}

/** Limits just below what is true, which nothing may pass; what is unknown passes no limit at all. */
export function limitsBelow(truth: MigrationAccount) {
  const devices = Object.fromEntries(
    truth.devices.map(({ name }) => [name, Number.POSITIVE_INFINITY]),
  );
  const real = checkLimits(truth, { downtime: Number.POSITIVE_INFINITY, devices });
  return new Map(
    real.map(({ name, most }) => {
      const least = name === "downtime" ? milliseconds(judgedDowntime(truth).lower) : most;
      return [name, least === undefined ? undefined : least * 0.999 - 0.2];
    }),
  );
}

function milliseconds(nanoseconds: bigint | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}

/** The limits that an analysis passes and should not. */
export function passedWrongly(
  limits: ReturnType<typeof limitsBelow>,
  analysis: MigrationAccount,
): string[] {
  const devices = [...limits.keys()].flatMap((name) => /^save of (.*)$/.exec(name)?.[1] ?? []);
  const judged = checkLimits(analysis, {
    downtime: Number.POSITIVE_INFINITY,
    devices: Object.fromEntries(devices.map((name) => [name, Number.POSITIVE_INFINITY])),
  });
  return judged.flatMap(({ name, most, passed }) => {
    const limit = limits.get(name);
    if (!passed || most === undefined || (limit !== undefined && most > limit)) return [];
    return [`${name}: ${most} ms passes ${limit === undefined ? "though unknown" : `${limit} ms`}`];
  });
}
