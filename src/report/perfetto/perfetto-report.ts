import type { ItemAccount, MigrationAccount } from "../../analysis/account.js";
import { later } from "../../analysis/moments.js";
import { assignRows } from "../assign-rows.js";
import { itemFacts } from "../item-facts.js";
import { phasesOf } from "../time-line.js";
import { type Slice, TracePackets } from "./trace-packets.js";

type Side = "source" | "destination";

/**
 * The account as a trace for Perfetto's UI (TrackEvents in protobuf): the migration's phases and
 * the downtime's path, and lanes for source, stream and destination, with a flow from each save to
 * its load. Times are the source's.
 */
export function perfettoReport(account: MigrationAccount): Uint8Array {
  const packets = new TracePackets();
  migrationLane(packets, account);
  sideLane(packets, account, "source", "Source");
  streamLane(packets, account);
  sideLane(packets, account, "destination", "Destination");
  return packets.bytes();
}

function migrationLane(packets: TracePackets, account: MigrationAccount): void {
  const process = packets.process(`Migration of ${account.machine ?? "a machine"}`);
  addRows(packets, process, "phases", phasesOf(account));
  const { path, stopped, running } = account.downtime;
  if (stopped === undefined || running === undefined) return;
  const steps = path.map(({ kind, what, side, start, end }) => ({
    ...{ name: `${kind} ${what}`, start, end },
    annotations: [["side", side]] as const,
  }));
  const track = packets.track("downtime", process);
  packets.slice(track, { name: "guest stopped", start: stopped, end: running });
  addRows(packets, process, "critical path", steps);
}

function sideLane(
  packets: TracePackets,
  account: MigrationAccount,
  side: Side,
  name: string,
): void {
  const process = packets.process(name);
  const slices = account.items.flatMap((item, index) => itemSlice(item, index, side));
  addRows(packets, process, side === "source" ? "saves" : "loads", slices);
  const checkpoints = account.downtime.checkpoints.filter((checkpoint) => checkpoint.side === side);
  if (checkpoints.length > 0) {
    const track = packets.track("downtime checkpoints", process);
    for (const { name, at } of checkpoints) packets.instant(track, name, at);
  }
  addRows(packets, process, ...requestSlices(account, side));
  addBytes(packets, account, side, process);
}

/** Postcopy's requests: at the destination until the page is there, at the source until it is taken up. */
function requestSlices(
  { items, postcopy }: MigrationAccount,
  side: Side,
): [track: string, slices: Slice[]] {
  const slices = (postcopy?.requests ?? []).flatMap((request, index): Slice[] => {
    const { faulted, arrived, received, served, block, offset, thread, kind } = request;
    const [start, end] = side === "source" ? [received, served] : [faulted, arrived];
    if (start === undefined || end === undefined) return [];
    const both = faulted !== undefined && arrived !== undefined && served !== undefined;
    return [
      {
        ...{ name: `${block} 0x${offset.toString(16)}`, start, end },
        annotations: [
          ["kind", kind],
          ...(thread > 0 ? [["thread", thread] as const] : []),
          ...(request.sentBefore ? [["sent before", "yes"] as const] : []),
        ],
        ...(both && { flow: { id: items.length + index + 1, ends: side === "source" } }),
      },
    ];
  });
  return [side === "source" ? "page requests" : "waits for pages", slices];
}

function itemSlice(account: ItemAccount, index: number, side: Side): Slice[] {
  const { item, label, [side]: pairing } = account;
  if (pairing.status !== "paired") return [];
  const { start, end, how } = pairing;
  const both = account.source.status === "paired" && account.destination.status === "paired";
  return [
    {
      ...{ name: label, start, end },
      annotations: [
        ["offset", item.offset],
        ["size", item.size],
        ["paired by", how],
        ...itemFacts(item),
      ],
      ...(both && { flow: { id: index + 1, ends: side === "destination" } }),
    },
  ];
}

/** What was saved and is not loaded yet. */
function streamLane(packets: TracePackets, account: MigrationAccount): void {
  const process = packets.process("Stream");
  const slices = account.items.flatMap(({ item, label, source, destination }): Slice[] => {
    if (source.status !== "paired" || destination.status !== "paired") return [];
    const end = later(destination.start, source.start);
    const annotations = [
      ["offset", item.offset],
      ["size", item.size],
    ] as const;
    return [{ name: label, start: source.start, end, annotations }];
  });
  addRows(packets, process, "on the way", slices);
}

/** A counter of the main channel's bytes: what had been sent, or read. */
function addBytes(
  packets: TracePackets,
  account: MigrationAccount,
  side: Side,
  process: number,
): void {
  const told = side === "source" ? account.sent : [];
  const points =
    told.length > 0
      ? told
      : account.items.flatMap(({ item, [side]: pairing }) =>
          pairing.status === "paired" ? [{ at: pairing.end, bytes: item.offset + item.size }] : [],
        );
  if (points.length === 0) return;
  const track = packets.byteCounter(side === "source" ? "bytes sent" : "bytes read", process);
  for (const { at, bytes } of points) packets.count(track, at, bytes);
}

/** Slices on as many tracks of one name as it takes; those of a track never overlap. */
function addRows(
  packets: TracePackets,
  process: number,
  name: string,
  slices: readonly Slice[],
): void {
  const tracks: number[] = [];
  const rows = assignRows(slices);
  for (const [index, slice] of slices.entries()) {
    const row = rows[index]!;
    while (tracks.length <= row) tracks.push(packets.track(name, process));
    packets.slice(tracks[row]!, slice);
  }
}
