import type { SectionItem, StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import type { DeviceTimes, ItemAccount, SidePairing } from "./account.js";
import { numberArgument, textArgument } from "./mark.js";
import { postcopyBegin } from "./postcopy-begin.js";

/**
 * How long each device took to be saved and loaded, in stream order: by the intervals of its END and
 * FULL sections, else by the microseconds that QEMU prints in `vmstate_downtime_save` and
 * `vmstate_downtime_load`. Without any section, the devices are those that these two events name.
 */
export function deviceTimes(
  items: readonly ItemAccount[],
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
): DeviceTimes[] {
  const saves = printedTimes(source, "vmstate_downtime_save");
  const loads = printedTimes(destination, "vmstate_downtime_load");
  const devices = groupSections(items);
  if (devices.length === 0) return printedDevices(saves, loads);
  return devices.map((device) => timesOf(device, saves, loads));
}

/** The sections of a device: those that count as downtime, and those sent after the guest ran. */
interface DeviceSections {
  readonly name: string;
  readonly downtime: ItemAccount[];
  readonly postcopy: ItemAccount[];
}

function groupSections(items: readonly ItemAccount[]): DeviceSections[] {
  const begin = postcopyBegin(items.map(({ item }) => item)) ?? items.length;
  const devices = new Map<string, DeviceSections>();
  for (const [index, account] of items.entries()) {
    const { item } = account;
    const late = index >= begin;
    if (item.type !== "section-part" && !isLast(item)) continue;
    if (!late && !isLast(item)) continue;
    const name = deviceName(item.idstr, item.instanceId);
    const device = devices.get(name) ?? { name, downtime: [], postcopy: [] };
    devices.set(name, device);
    device[late ? "postcopy" : "downtime"].push(account);
  }
  return [...devices.values()];
}

/** What is sent of a device last: its END or FULL section, whichever it is. */
export function isLast(item: StreamItem): item is SectionItem {
  const { type } = item;
  return (
    type === "section-full" ||
    type === "section-end" ||
    (type === "section-part" && item.kindUnknown === true)
  );
}

/** A device's name: its idstr, with the instance id after a `#` where it is not 0. */
export function deviceName(idstr: string, instanceId: number): string {
  return instanceId === 0 ? idstr : `${idstr}#${instanceId}`;
}

function timesOf(
  { name, downtime, postcopy }: DeviceSections,
  saves: PrintedTimes,
  loads: PrintedTimes,
): DeviceTimes {
  const first = (downtime[0] ?? postcopy[0])!;
  const time = (side: Side, printed: PrintedTimes) =>
    downtime.length === 0 ? noneAt(first[side]) : timeAt(side, downtime, printed.get(name));
  const save = time("source", saves);
  const load = time("destination", loads);
  return {
    name,
    offset: first.item.offset,
    bytes: bytesOf(downtime),
    save: save?.time,
    saveIsBound: save?.isBound ?? false,
    load: load?.time,
    loadIsBound: load?.isBound ?? false,
    postcopy: postcopy.length === 0 ? undefined : postcopyTimes(postcopy),
  };
}

function postcopyTimes(sections: readonly ItemAccount[]): DeviceTimes["postcopy"] {
  const save = timeAt("source", sections, undefined);
  const load = timeAt("destination", sections, undefined);
  return {
    bytes: bytesOf(sections),
    save: save?.isBound ? undefined : save?.time,
    load: load?.isBound ? undefined : load?.time,
  };
}

/** Undefined without a stream: the items that traces name have no sizes. */
function bytesOf(sections: readonly ItemAccount[]): number | undefined {
  if (sections.some(({ item }) => item.size === 0)) return undefined;
  return sections.reduce((sum, { item }) => sum + item.size, 0);
}

interface SectionTime {
  readonly time: bigint;
  /** Whether it is an upper bound. */
  readonly isBound: boolean;
}

/** All sections were sent after the guest ran: a side that has a trace spent no downtime on them. */
function noneAt({ status }: SidePairing): SectionTime | undefined {
  return status === "no trace" ? undefined : { time: 0n, isBound: false };
}

type Side = "source" | "destination";

/** The time of all sections at one side; undefined where the time of one of them is unknown. */
function timeAt(
  side: Side,
  sections: readonly ItemAccount[],
  printed: PrintedTime | undefined,
): SectionTime | undefined {
  const times = sections.map((account) => intervalOf(account[side]));
  const known = times.filter((time) => time !== undefined);
  const isBound = known.some((time) => time.isBound);
  const complete = known.length === times.length;
  if (!complete || isBound) {
    const time = printedFor(sections, printed);
    if (time !== undefined) return { time, isBound: false };
  }
  if (!complete) return undefined;
  return { time: known.reduce((sum, { time }) => sum + time, 0n), isBound };
}

function intervalOf(pairing: SidePairing): SectionTime | undefined {
  if (pairing.status !== "paired") return undefined;
  if (pairing.interval === "open") return undefined;
  return { time: pairing.end - pairing.start, isBound: pairing.interval === "bound" };
}

/** QEMU prints one figure for the END of a device and one for its FULL section. */
function printedFor(
  sections: readonly ItemAccount[],
  printed: PrintedTime | undefined,
): bigint | undefined {
  const types = new Set(sections.map(({ item }) => item.type));
  if (types.has("section-part")) return undefined;
  const end = types.has("section-end") ? printed?.iterable : 0n;
  const full = types.has("section-full") ? printed?.nonIterable : 0n;
  return end === undefined || full === undefined ? undefined : end + full;
}

/** What QEMU printed of a device at one side, in nanoseconds. */
interface PrintedTime {
  readonly iterable?: bigint;
  readonly nonIterable?: bigint;
  /** Whether a part of it was loaded after the guest ran. */
  readonly late?: true;
}

type PrintedTimes = ReadonlyMap<string, PrintedTime>;

/** The checkpoint after which postcopy's destination loads while its guest runs. */
const POSTCOPY_RUNS = "dst-postcopy-bh-vm-started";

function printedTimes(records: readonly EventRecord[], event: string): PrintedTimes {
  const times = new Map<string, PrintedTime>();
  let late = false;
  for (const record of records) {
    late ||= textArgument(record, "checkpoint") === POSTCOPY_RUNS;
    if (record.name !== event) continue;
    const microseconds = numberArgument(record, "downtime");
    if (microseconds === undefined) continue;
    const idstr = textArgument(record, "idstr") ?? "";
    const name = deviceName(idstr, numberArgument(record, "instance_id") ?? 0);
    const before = times.get(name) ?? {};
    const kind = textArgument(record, "type") === "iterable" ? "iterable" : "nonIterable";
    const time = BigInt(microseconds) * 1000n;
    times.set(
      name,
      late ? { ...before, late } : { ...before, [kind]: (before[kind] ?? 0n) + time },
    );
  }
  return times;
}

/** The devices that only QEMU's own figures name. */
function printedDevices(saves: PrintedTimes, loads: PrintedTimes): DeviceTimes[] {
  const names = [...new Set([...saves.keys(), ...loads.keys()])];
  return names.map((name) => {
    const [save, load] = [saves.get(name), loads.get(name)];
    return {
      ...{ name, offset: undefined, bytes: undefined },
      ...{ save: save && totalOf(save), saveIsBound: false },
      ...{ load: load && totalOf(load), loadIsBound: false },
      postcopy: load?.late && { bytes: undefined, save: undefined, load: undefined },
    };
  });
}

function totalOf({ iterable = 0n, nonIterable = 0n }: PrintedTime): bigint {
  return iterable + nonIterable;
}
