import type { Downtime, PathSegment, Phase, Round } from "./account.js";

/** A segment is worth a word from this share of the downtime on. */
const NOTABLE = 0.2;

/**
 * What the figures say for certain: which device, which round, which limit would have sufficed. A
 * segment of the downtime that was mostly spent on tracing says nothing about a device.
 */
export function advise(
  downtime: Pick<Downtime, "path" | "guest">,
  rounds: readonly Round[],
  phases: readonly Phase[],
  isMostlyTracing: (segment: PathSegment) => boolean = () => false,
): string[] {
  return [
    ...downtimeAdvice(downtime, isMostlyTracing),
    ...roundsAdvice(rounds),
    ...pauseAdvice(phases),
  ];
}

function downtimeAdvice(
  { path, guest }: Pick<Downtime, "path" | "guest">,
  isMostlyTracing: (segment: PathSegment) => boolean,
): string[] {
  if (!guest || guest <= 0n) return [];
  const share = (segment: PathSegment) => Number(segment.end - segment.start) / Number(guest);
  return path
    .filter((segment) => share(segment) >= NOTABLE && !isMostlyTracing(segment))
    .sort((a, b) => share(b) - share(a))
    .map((segment) => `${percent(share(segment))} of the downtime: ${inWords(segment)}`);
}

function inWords({ kind, side, what }: PathSegment): string {
  switch (kind) {
    case "save":
      return `saving ${what} at the source`;
    case "load":
      return `loading ${what} at the destination`;
    case "wait":
      return `waiting ${what}`;
    case "stop":
      return `stopping the guest, ${what}`;
    case "resume":
      return "starting the guest at the destination";
    case "unexplained":
      return `nothing that an event explains, ${what} at the ${side}`;
  }
}

/** States in which no page comes, as the connection was lost (QEMU qapi/migration.json: MigrationStatus). */
const PAUSED = ["postcopy-paused", "postcopy-recover-setup", "postcopy-recover"];

function pauseAdvice(phases: readonly Phase[]): string[] {
  const paused = phases.filter(({ state }) => PAUSED.includes(state));
  if (paused.length === 0) return [];
  const took = paused.reduce((sum, { start, end }) => sum + (end - start), 0n);
  const seconds = (Number(took) / 1e9).toFixed(3);
  return [
    `postcopy stood still for ${seconds} s, as its connection was lost: no page came meanwhile`,
  ];
}

/** Rounds that found no less dirty memory than the one before cost time, and no downtime was saved. */
function roundsAdvice(rounds: readonly Round[]): string[] {
  const told = rounds.filter(({ pending, pages }) => pending !== undefined && pages !== 0);
  const [first, last] = [told[0], told.at(-1)];
  if (!first || !last || told.length < 2 || last.pending! < first.pending!) return [];
  const rates = told.map(({ rate = 0 }) => rate).filter((bytes) => bytes > 0);
  const slowest = Math.min(...rates);
  if (!Number.isFinite(slowest)) return [];
  const enough = Math.ceil((first.pending! / slowest) * 1000);
  return [
    `rounds ${first.number} to ${last.number} did not converge: each found as much dirty memory as ` +
      `the one before; at the rate of the slowest, a downtime limit of ${enough} ms would have let ` +
      `the switchover begin with round ${first.number}`,
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
