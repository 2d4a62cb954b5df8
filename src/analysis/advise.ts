import type { Downtime, MigrationAccount, PathSegment, Phase, Round } from "./account.js";

/** A segment is worth a word from this share of the downtime on. */
const NOTABLE = 0.2;

/**
 * What the figures say for certain: which device, which round, which limit would have sufficed. A
 * segment of the downtime that was mostly spent on tracing says nothing about a device.
 */
export function advise(
  downtime: Pick<Downtime, "path" | "guest" | "guestBounds">,
  rounds: readonly Round[],
  phases: readonly Phase[],
  ended: Pick<MigrationAccount, "outcome" | "postcopy">,
  isMostlyTracing: (segment: PathSegment) => boolean = () => false,
): string[] {
  const stuck = endedAsPlanned(rounds, ended) ? [] : roundsAdvice(rounds);
  return [...downtimeAdvice(downtime, isMostlyTracing), ...stuck, ...pauseAdvice(phases)];
}

function downtimeAdvice(
  downtime: Pick<Downtime, "path" | "guest" | "guestBounds">,
  isMostlyTracing: (segment: PathSegment) => boolean,
): string[] {
  const { path } = downtime;
  if (path.length === 0 || !hasShares(downtime)) return [];
  const total = Number(path.at(-1)!.end - path[0]!.start);
  const share = ({ start, end, bounds }: PathSegment) =>
    Number(bounds ? (bounds.lower ?? 0n) : end - start) / total;
  return path
    .filter((segment) => share(segment) >= NOTABLE && !isMostlyTracing(segment))
    .sort((a, b) => share(b) - share(a))
    .map((segment) => `${percent(share(segment))} of the downtime: ${inWords(segment)}`);
}

/** Whether the downtime is known to a tenth of itself, so that shares of it can be stated. */
export function hasShares({
  guest,
  guestBounds: { lower, upper },
  path,
}: Pick<Downtime, "guest" | "guestBounds" | "path">): boolean {
  // Without a length of the guest's own, the path is on the source's side alone.
  if (guest === undefined) return path.length > 0;
  if (guest <= 0n || lower === undefined || upper === undefined) return false;
  return (upper - lower) * 10n <= guest;
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
      return side === "source"
        ? "letting the guest run on at the source"
        : "starting the guest at the destination";
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

/** A completed migration is not worth a word for rounds that did not converge if it took fewer. */
export const MANY_ROUNDS = 10;

/** Completed by postcopy, which needs no convergence, or within a few rounds. */
function endedAsPlanned(
  rounds: readonly Round[],
  { outcome, postcopy }: Pick<MigrationAccount, "outcome" | "postcopy">,
): boolean {
  return outcome.state === "completed" && (postcopy !== undefined || rounds.length < MANY_ROUNDS);
}

/** Rounds that found no less dirty memory than the one before cost time, and no downtime was saved. */
function roundsAdvice(rounds: readonly Round[]): string[] {
  const told = rounds.filter(({ pending, complete }) => pending !== undefined && complete);
  const [first, last] = [told[0], told.at(-1)];
  if (!first || !last || told.length < 2 || last.pending! < first.pending!) return [];
  const rates = told.map(({ rate = 0 }) => rate).filter((bytes) => bytes > 0);
  const slowest = rates.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY);
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
