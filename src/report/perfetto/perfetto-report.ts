import type { MigrationAccount } from "../../analysis/account.js";
import { later } from "../../analysis/moments.js";
import { assignRows } from "../assign-rows.js";
import { downtimeWords } from "../downtime-words.js";
import { itemFacts } from "../item-facts.js";
import { isPlaced } from "../relative-clock.js";
import { downtimeInterval, phasesOf } from "../time-line.js";
import { formatBounds } from "../units.js";
import { type Slice, TracePackets } from "./trace-packets.js";

type Side = "source" | "destination";

/**
 * The account as a trace for Perfetto's UI (TrackEvents in protobuf): the migration's phases and
 * the downtime's path, and lanes for source, stream and destination, with a flow from each save to
 * its load. Times are the source's; where the destination's cannot be placed among them, its tracks
 * say so, and nothing is drawn that crosses the sides.
 */
export function perfettoReport(account: MigrationAccount): Uint8Array {
  const packets = new TracePackets();
  migrationLane(packets, account);
  sideLane(packets, account, "source", "Source");
  const placed = isPlaced(account);
  if (placed) streamLane(packets, account);
  const destination = placed ? "Destination" : "Destination (own clock, offset unknown)";
  sideLane(packets, account, "destination", destination);
  return packets.bytes();
}

function migrationLane(packets: TracePackets, account: MigrationAccount): void {
  const process = packets.process(`Migration of ${account.machine ?? "a machine"}`);
  addRows(packets, process, "phases", phasesOf(account));
  const { path, guest } = account.downtime;
  const words = downtimeWords(account.downtime);
  const steps = path.map(
    ({ kind, what, side, start, end, bounds }): Slice => ({
      ...{ name: `${bounds ? "~" : ""}${kind} ${what}`, start, end },
      annotations: [
        ["side", side],
        ...(bounds ? [["took", formatBounds(bounds.lower, bounds.upper)] as const] : []),
      ],
    }),
  );
  const still = downtimeInterval(account);
  if (guest !== undefined && still) {
    const track = packets.track("downtime", process);
    const range = words.range === undefined ? [] : [["took", words.range] as const];
    const annotations = [...range, ["from and to", words.meaning] as const];
    packets.slice(track, {
      name: "guest stopped",
      start: still.begin,
      end: still.end,
      annotations,
    });
  }
  addRows(packets, process, "critical path", steps);
}

function sideLane(
  packets: TracePackets,
  account: MigrationAccount,
  side: Side,
  name: string,
): void {
  const process = packets.process(name);
  const slices = account.items.flatMap((_, index) => itemSlice(account, index, side));
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
function requestSlices(account: MigrationAccount, side: Side): [track: string, slices: Slice[]] {
  const { items, postcopy } = account;
  const placed = isPlaced(account);
  const slices = (postcopy?.requests ?? []).flatMap((request, index): Slice[] => {
    const { faulted, arrived, received, served, block, offset, thread, kind } = request;
    const [start, end] = side === "source" ? [received, served] : [faulted, arrived];
    if (start === undefined || end === undefined) return [];
    const both = placed && faulted !== undefined && arrived !== undefined && served !== undefined;
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

/** Why a slice's length is not how long its item took. */
const INTERVALS = {
  bound: "at most this long: an event that starts or ends it is missing",
  open: "unknown: an event that starts or ends it is missing",
} as const;

function itemSlice(account: MigrationAccount, index: number, side: Side): Slice[] {
  const { item, label, source, destination, [side]: pairing } = account.items[index]!;
  if (pairing.status !== "paired") return [];
  const { start, end, how, interval } = pairing;
  const both = isPlaced(account) && source.status === "paired" && destination.status === "paired";
  const { failure } = account.outcome;
  const failed = failure?.item === index && failure.side === side;
  return [
    {
      ...{ name: failed ? `${label} (failed here)` : label, start, end },
      annotations: [
        ...place(account, index),
        ["paired by", how],
        ...(interval ? [["took", INTERVALS[interval]] as const] : []),
        ...(failed ? failure.errors.map((error) => ["error", error] as const) : []),
        ...itemFacts(item),
      ],
      ...(both && { flow: { id: index + 1, ends: side === "destination" } }),
    },
  ];
}

/** An item's place in the stream, where that was given. */
function place({ items, streamSize }: MigrationAccount, index: number) {
  const { offset, size } = items[index]!.item;
  if (streamSize === undefined) return [];
  return [["offset", offset] as const, ["size", size] as const];
}

/** What was saved and is not loaded yet. */
function streamLane(packets: TracePackets, account: MigrationAccount): void {
  const process = packets.process("Stream");
  const slices = account.items.flatMap(({ label, source, destination }, index): Slice[] => {
    if (source.status !== "paired" || destination.status !== "paired") return [];
    const end = later(destination.start, source.start);
    return [{ name: label, start: source.start, end, annotations: place(account, index) }];
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
          pairing.status === "paired" && account.streamSize !== undefined
            ? [{ at: pairing.end, bytes: item.offset + item.size }]
            : [],
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
