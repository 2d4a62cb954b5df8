import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, MigrationAccount } from "./account.js";
import type { WirePoint } from "./arrival.js";
import { partitionPoint } from "./partition-point.js";

/** By how many nanoseconds a tap's clock can be ahead of the source's; undefined without a bound. */
export interface WireLead {
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
}

/**
 * Bounds a tap's lead by causality: a byte passes after the source has begun to save its item, and
 * before the source has the answer to it, or the destination has begun to load its item, where both
 * traces are of one clock.
 */
export function wireLead(
  wire: readonly WirePoint[],
  { items, clocks }: Pick<MigrationAccount, "items" | "clocks">,
  source: readonly EventRecord[],
): WireLead {
  const passed = (offset: number): bigint | undefined =>
    wire[partitionPoint(wire.length, (index) => wire[index]!.offset > offset) - 1]?.at;
  let lower: bigint | undefined;
  let upper: bigint | undefined;
  const after = (offset: number, time: bigint) => {
    const at = passed(offset);
    if (at !== undefined && (upper === undefined || at - time < upper)) upper = at - time;
  };
  const before = (offset: number, time: bigint) => {
    const at = passed(offset);
    if (at !== undefined && (lower === undefined || at - time > lower)) lower = at - time;
  };
  for (const { item, ...sides } of items) {
    if (sides.source.status === "paired") after(item.offset, sides.source.start);
    if (clocks?.lower === undefined || sides.destination.status !== "paired") continue;
    // The latest that it can have been by the source's clock.
    before(item.offset, sides.destination.start + (clocks.offset - clocks.lower));
  }
  for (const [offset, time] of answers(items, source)) before(offset, time);
  return { lower, upper };
}

/** Bytes of the main channel, and when the source had the destination's answer to them. */
function answers(items: readonly ItemAccount[], source: readonly EventRecord[]) {
  const ends = (name: string) =>
    items.filter(({ item }) => item.type === "command" && item.command.name === name);
  const pings = ends("PING").map(({ item }) => item.offset + item.size - 1);
  const pongs = source.filter(({ name }) => name === "source_return_path_thread_pong");
  if (pings.length !== pongs.length) return [];
  return pings.map((offset, index) => [offset, pongs[index]!.timestamp] as const);
}
