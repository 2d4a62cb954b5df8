import type { EventRecord } from "../traces/record.js";
import type { Checkpoint, Downtime } from "./account.js";
import { numberArgument, textArgument } from "./mark.js";
import { byTime } from "./moments.js";

/**
 * When the guest stood still. `destination` records must be on the source's clock already.
 *
 * The guest's own downtime runs from the source's last stop to the destination's first run behind
 * it; QEMU's figure ends when the source is told, or has written its last byte.
 */
export function measureDowntime(
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
  toSourceClock: (time: bigint) => bigint,
): Omit<Downtime, "path"> {
  const checkpoints = [
    ...findCheckpoints(source, "source", (time) => time),
    ...findCheckpoints(destination, "destination", toSourceClock),
  ].sort((a, b) => byTime(a.at, b.at));
  const at = (name: string) => checkpoints.find((checkpoint) => checkpoint.name === name)?.at;
  const begun = at("src-downtime-start");
  const stop = source.find(
    (record) => isNotify(record, 0) && (begun === undefined || record.timestamp >= begun),
  );
  const start = destination.find((record) => isNotify(record, 1));
  const stopped = stop?.timestamp ?? at("src-vm-stopped");
  const running = start && toSourceClock(start.timestamp);
  return {
    stopped,
    running,
    guest: difference(running, stopped),
    reported: difference(at("src-downtime-end"), begun),
    checkpoints,
  };
}

function difference(later: bigint | undefined, earlier: bigint | undefined): bigint | undefined {
  return later === undefined || earlier === undefined ? undefined : later - earlier;
}

function isNotify(record: EventRecord, running: number): boolean {
  return record.name === "vm_state_notify" && numberArgument(record, "running") === running;
}

function findCheckpoints(
  records: readonly EventRecord[],
  side: Checkpoint["side"],
  toSourceClock: (time: bigint) => bigint,
): Checkpoint[] {
  return records
    .filter((record) => record.name === "vmstate_downtime_checkpoint")
    .map((record) => ({
      name: textArgument(record, "checkpoint") ?? "",
      side,
      at: toSourceClock(record.timestamp),
    }));
}
