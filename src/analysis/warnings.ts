import type { Downtime } from "./account.js";
import type { ClockRelation } from "./relate-clocks.js";
import type { ClockedRecords } from "./timestamps.js";

/** What keeps figures from being known. */
export interface WarningInput {
  readonly source: ClockedRecords | undefined;
  readonly destination: ClockedRecords | undefined;
  readonly clocks: ClockRelation | undefined;
  readonly downtime: Pick<Downtime, "separateLoad" | "running">;
  /** Whether the passes through memory are known (`passesKnown`). */
  readonly passes: boolean;
}

/** What the inputs lack, a sentence each, with what would provide it. */
export function findWarnings(input: WarningInput): string[] {
  return [
    ...timeWarnings("source", input.source),
    ...timeWarnings("destination", input.destination),
    ...clockWarnings(input),
    ...(input.passes ? [] : [PASSES]),
  ];
}

const PASSES =
  "the source's trace does not show how much was left to send, so the rounds are unknown: " +
  "trace migrate_pending_exact, since QEMU 11.0 qemu_savevm_query_pending";

function timeWarnings(side: string, records: ClockedRecords | undefined): string[] {
  if (!records) return [];
  const { timed, untimed, resolution, reversed } = records;
  // A problem says so.
  if (reversed) return [];
  if (resolution >= 1_000_000_000n) {
    return [
      `the timestamps of the ${side}'s trace are whole seconds, so its times are unknown: ` +
        "use QEMU's own log, with -D FILE and -msg timestamp=on",
    ];
  }
  if (resolution > 0n) {
    return [
      `the timestamps of the ${side}'s trace are whole milliseconds: its times are known to 1 ms`,
    ];
  }
  if (!timed) {
    return [
      `the ${side}'s trace has no timestamps, so its times are unknown: ` +
        "start QEMU with -msg timestamp=on",
    ];
  }
  if (untimed === 0) return [];
  return [`${untimed} events of the ${side}'s trace have no timestamp and are left out`];
}

function clockWarnings({ source, destination, clocks, downtime }: WarningInput): string[] {
  if (!source?.timed || !destination?.timed) return [];
  if (downtime.separateLoad || downtime.running === undefined) return [];
  const known = "give --same-clock for traces of one machine, else --clock-offset";
  if (!clocks) {
    return [
      `no event of one side belongs to one of the other, so the offset of their clocks is unknown: ${known}`,
    ];
  }
  if (clocks.verdict !== "unknown") return [];
  const missing =
    clocks.lower === undefined
      ? "nothing that came back bounds the destination's clock from below"
      : "nothing that was sent bounds the destination's clock from above";
  return [
    `${missing}, so what lies between the two sides is unknown: ` +
      `migrate with the capability return-path, or ${known}`,
  ];
}
