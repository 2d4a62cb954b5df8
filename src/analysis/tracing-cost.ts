import type { Downtime, ItemAccount, PathSegment } from "./account.js";
import { deviceName, isLast } from "./device-times.js";
import { recordsBetween, type TraceDensity } from "./trace-density.js";
import type { DeviceTracing, Tracing, TracingCost } from "./tracing.js";

/** The densities of both ends' traces; `convert` moves the destination's times to the source's clock. */
export interface TracedSides {
  readonly source: TraceDensity | undefined;
  readonly destination: TraceDensity | undefined;
  readonly convert: (time: bigint) => bigint;
}

/** What tracing took of the downtime and of each device; undefined of traces without timestamps. */
export function findTracing(
  items: readonly ItemAccount[],
  downtime: Downtime,
  sides: TracedSides,
): Tracing | undefined {
  const { source, destination } = sides;
  if (!source && !destination) return undefined;
  return {
    perRecord: { source: source?.perRecord, destination: destination?.perRecord },
    downtime: costOfDowntime(downtime, sides),
    devices: costOfDevices(items, sides),
  };
}

/** So many records in one segment of the downtime delay it, whatever else it does. */
const MANY = 1000;

/**
 * Whether a segment of the downtime may be long only because of what was traced in it, at either end:
 * more than half of it was spent on writing records; or it has many, and not more time than they
 * explain. On a busy host a thread that writes records is interrupted while it does, and then the
 * estimate of the cost is too low: the segment's share of all records shows what it is.
 */
export function isMostlyTracing(
  { start, end }: PathSegment,
  { path, separateLoad }: Pick<Downtime, "path" | "separateLoad">,
  sides: TracedSides,
): boolean {
  const involved = separateLoad ? sourceOnly(sides) : sides;
  const { records, nanoseconds } = costOfBoth(start, end, involved);
  const took = end - start;
  if (nanoseconds !== undefined && nanoseconds * 2n > took) return true;
  const [first, last] = [path[0], path.at(-1)];
  if (records < MANY || !first || !last) return false;
  const all = costOfBoth(first.start, last.end, involved).records;
  return (records / all) * 2 > Number(took) / Number(last.end - first.start);
}

/**
 * Of all of the downtime; where nothing is known across both sides, of each side's own part. A load
 * that is not part of the downtime does not count.
 */
function costOfDowntime(downtime: Downtime, sides: TracedSides): TracingCost | undefined {
  const { path, stopped, running, source, destination, separateLoad } = downtime;
  const involved = separateLoad ? sourceOnly(sides) : sides;
  const [first, last] = [path[0], path.at(-1)];
  if (first && last) return costOfBoth(first.start, last.end, involved);
  if (stopped === undefined || running === undefined || separateLoad) return undefined;
  const parts = [
    source === undefined || !sides.source
      ? undefined
      : costBetween("source", stopped, stopped + source, sides),
    destination === undefined || !sides.destination
      ? undefined
      : costBetween("destination", running - destination, running, sides),
  ];
  return parts.reduce(add, undefined);
}

function sourceOnly(sides: TracedSides): TracedSides {
  return { ...sides, destination: undefined };
}

/**
 * What tracing took of an interval at both ends. A destination can only load what the source has
 * saved, so both count: where they do overlap, this is at most twice what tracing took.
 */
function costOfBoth(start: bigint, end: bigint, sides: TracedSides): TracingCost {
  const costs = (["source", "destination"] as const)
    .filter((side) => sides[side])
    .map((side) => costBetween(side, start, end, sides));
  const sum = costs.reduce(add, undefined) ?? { records: 0, nanoseconds: undefined };
  return { ...sum, nanoseconds: atMost(sum.nanoseconds, end - start) };
}

function costBetween(
  side: "source" | "destination",
  start: bigint,
  end: bigint,
  sides: TracedSides,
): TracingCost {
  const density = sides[side]!;
  const convert = side === "destination" ? sides.convert : undefined;
  const records = recordsBetween(density, start, end, convert);
  const { perRecord } = density;
  const took = perRecord === undefined ? undefined : BigInt(Math.round(records * perRecord));
  return { records, nanoseconds: atMost(took, end - start) };
}

/** Tracing cannot have taken longer than the interval that it was in. */
function atMost(nanoseconds: bigint | undefined, interval: bigint): bigint | undefined {
  return nanoseconds !== undefined && nanoseconds > interval ? interval : nanoseconds;
}

function costOfDevices(items: readonly ItemAccount[], sides: TracedSides): DeviceTracing[] {
  const devices = new Map<string, DeviceTracing>();
  for (const account of items) {
    if (!isLast(account.item)) continue;
    const name = deviceName(account.item.idstr, account.item.instanceId);
    const before = devices.get(name);
    devices.set(name, {
      name,
      save: add(before?.save, costOfItem(account, "source", sides)),
      load: add(before?.load, costOfItem(account, "destination", sides)),
    });
  }
  return [...devices.values()];
}

function costOfItem(
  account: ItemAccount,
  side: "source" | "destination",
  sides: TracedSides,
): TracingCost | undefined {
  const pairing = account[side];
  if (pairing.status !== "paired" || !sides[side]) return undefined;
  return costBetween(side, pairing.start, pairing.end, sides);
}

function add(a: TracingCost | undefined, b: TracingCost | undefined): TracingCost | undefined {
  if (!a || !b) return a ?? b;
  const nanoseconds =
    a.nanoseconds === undefined || b.nanoseconds === undefined
      ? (a.nanoseconds ?? b.nanoseconds)
      : a.nanoseconds + b.nanoseconds;
  return { records: a.records + b.records, nanoseconds };
}
