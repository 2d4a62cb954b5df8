import { ProtoWriter } from "./proto-writer.js";

/** A slice on a track. */
export interface Slice {
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  /** What the UI lists of it. */
  readonly annotations?: readonly (readonly [name: string, value: string | number])[];
  /** The flow that begins, or ends, with this slice. */
  readonly flow?: { readonly id: number; readonly ends: boolean };
}

/** Field numbers of Perfetto's messages (protos/perfetto/trace/perfetto_trace.proto). */
const Trace = { packet: 1 } as const;
const TracePacket = { timestamp: 8, sequenceId: 10, trackEvent: 11, trackDescriptor: 60 } as const;
const TrackDescriptor = { uuid: 1, name: 2, process: 3, parent: 5, counter: 8 } as const;
const ProcessDescriptor = { pid: 1, name: 6 } as const;
const CounterDescriptor = { unit: 3 } as const;
const TrackEvent = {
  annotation: 4,
  type: 9,
  track: 11,
  name: 23,
  counterValue: 30,
  // The numbers that definitions of before 2022 know; today's call them flow_ids_old and read both.
  flow: 36,
  terminatingFlow: 42,
} as const;
const DebugAnnotation = { uint: 3, text: 6, name: 10 } as const;
const EventType = { begin: 1, end: 2, instant: 3, counter: 4 } as const;
const UNIT_SIZE_BYTES = 3;
const SEQUENCE = 1;

/** Writes a trace of TrackEvents, tracks before what is on them. */
export class TracePackets {
  readonly #trace = new ProtoWriter();
  #tracks = 0;

  /** A group of tracks in the UI; gives its id. */
  process(name: string): number {
    const id = this.#newTrack();
    const process = new ProtoWriter().varint(ProcessDescriptor.pid, id);
    process.text(ProcessDescriptor.name, name);
    this.#describe(id, (track) => track.message(TrackDescriptor.process, process));
    return id;
  }

  /** A track for slices and instants; gives its id. */
  track(name: string, process: number): number {
    const id = this.#newTrack();
    this.#describe(id, (track) =>
      track.varint(TrackDescriptor.parent, process).text(TrackDescriptor.name, name),
    );
    return id;
  }

  /** A track for a number of bytes; gives its id. */
  byteCounter(name: string, process: number): number {
    const id = this.#newTrack();
    const counter = new ProtoWriter().varint(CounterDescriptor.unit, UNIT_SIZE_BYTES);
    this.#describe(id, (track) =>
      track
        .varint(TrackDescriptor.parent, process)
        .text(TrackDescriptor.name, name)
        .message(TrackDescriptor.counter, counter),
    );
    return id;
  }

  /** Slices of a track must not overlap, unless one lies within the other. */
  slice(track: number, { name, start, end, annotations = [], flow }: Slice): void {
    const begin = event(EventType.begin, track).text(TrackEvent.name, name);
    for (const [key, value] of annotations)
      begin.message(TrackEvent.annotation, annotation(key, value));
    if (flow) begin.varint(flow.ends ? TrackEvent.terminatingFlow : TrackEvent.flow, flow.id);
    this.#event(start, begin);
    this.#event(end, event(EventType.end, track));
  }

  instant(track: number, name: string, at: bigint): void {
    this.#event(at, event(EventType.instant, track).text(TrackEvent.name, name));
  }

  count(track: number, at: bigint, value: number): void {
    this.#event(at, event(EventType.counter, track).varint(TrackEvent.counterValue, value));
  }

  /** The whole trace. */
  bytes(): Uint8Array {
    return this.#trace.bytes();
  }

  #newTrack(): number {
    this.#tracks += 1;
    return this.#tracks;
  }

  #describe(id: number, fill: (track: ProtoWriter) => void): void {
    const track = new ProtoWriter().varint(TrackDescriptor.uuid, id);
    fill(track);
    const packet = new ProtoWriter().varint(TracePacket.sequenceId, SEQUENCE);
    this.#trace.message(Trace.packet, packet.message(TracePacket.trackDescriptor, track));
  }

  #event(at: bigint, content: ProtoWriter): void {
    const packet = new ProtoWriter().varint(TracePacket.timestamp, at < 0n ? 0n : at);
    packet.varint(TracePacket.sequenceId, SEQUENCE);
    this.#trace.message(Trace.packet, packet.message(TracePacket.trackEvent, content));
  }
}

function event(type: number, track: number): ProtoWriter {
  return new ProtoWriter().varint(TrackEvent.type, type).varint(TrackEvent.track, track);
}

function annotation(name: string, value: string | number): ProtoWriter {
  const made = new ProtoWriter().text(DebugAnnotation.name, name);
  return typeof value === "number"
    ? made.varint(DebugAnnotation.uint, value)
    : made.text(DebugAnnotation.text, value);
}
