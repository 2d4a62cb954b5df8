/** A field of a protobuf message. */
type Field = readonly [number: number, value: bigint | Uint8Array];

/** A slice, instant or count of a track; processes and tracks by name. */
export interface TrackRecord {
  readonly process: string;
  readonly track: string;
  /** Of tracks with one name, which of them it is on. */
  readonly id: bigint;
  readonly name: string;
  readonly start: bigint;
  end: bigint;
  readonly annotations: Readonly<Record<string, string | number>>;
  /** The flow that starts here, and the one that ends here. */
  readonly flow: bigint | undefined;
  readonly terminatingFlow: bigint | undefined;
}

export interface PerfettoTrace {
  readonly processes: readonly string[];
  readonly slices: readonly TrackRecord[];
  readonly instants: readonly TrackRecord[];
  readonly counts: readonly (TrackRecord & { readonly value: bigint })[];
}

/** Reads a trace of TrackEvents by the field numbers of perfetto_trace.proto. */
export function readPerfetto(bytes: Uint8Array): PerfettoTrace {
  const tracks = new Map<bigint, { name: string; parent: bigint | undefined }>();
  const [slices, instants, counts] = [[], [], []] as [TrackRecord[], TrackRecord[], []];
  const open = new Map<bigint, TrackRecord[]>();
  const processes: string[] = [];
  for (const [, packet] of fieldsOf(bytes)) {
    const fields = fieldsOf(packet as Uint8Array);
    const described = messageOf(fields, 60);
    if (described) {
      const process = messageOf(described, 3);
      const name = process ? textOf(process, 6) : textOf(described, 2);
      if (process) processes.push(name);
      tracks.set(numberOf(described, 1)!, { name, parent: numberOf(described, 5) });
    }
    const event = messageOf(fields, 11);
    if (!event) continue;
    const [at, id] = [numberOf(fields, 8)!, numberOf(event, 11)!];
    const track = tracks.get(id)!;
    const record: TrackRecord = {
      ...{ process: tracks.get(track.parent!)!.name, track: track.name, id },
      ...{ name: textOf(event, 23), start: at, end: at, annotations: annotationsOf(event) },
      ...{ flow: numberOf(event, 36), terminatingFlow: numberOf(event, 42) },
    };
    switch (numberOf(event, 9)) {
      case 1n:
        slices.push(record);
        open.set(id, [...(open.get(id) ?? []), record]);
        break;
      case 2n:
        open.get(id)!.pop()!.end = at;
        break;
      case 3n:
        instants.push(record);
        break;
      case 4n:
        counts.push({ ...record, value: numberOf(event, 30)! } as never);
    }
  }
  if ([...open.values()].some((left) => left.length > 0)) throw new Error("a slice has no end");
  return { processes, slices, instants, counts };
}

function annotationsOf(event: readonly Field[]): Record<string, string | number> {
  const found = event
    .filter(([field]) => field === 4)
    .map(([, value]) => fieldsOf(value as Uint8Array));
  return Object.fromEntries(
    found.map((fields) => {
      const value = numberOf(fields, 3);
      return [textOf(fields, 10), value === undefined ? textOf(fields, 6) : Number(value)];
    }),
  );
}

function fieldsOf(bytes: Uint8Array): Field[] {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const fields: Field[] = [];
  while (at < bytes.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) fields.push([tag >> 3, varint()]);
    else {
      const length = Number(varint());
      fields.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}

function contentOf(fields: readonly Field[], number: number) {
  return fields.find(([field]) => field === number)?.[1];
}

function numberOf(fields: readonly Field[], number: number): bigint | undefined {
  return contentOf(fields, number) as bigint | undefined;
}

function textOf(fields: readonly Field[], number: number): string {
  return new TextDecoder().decode(contentOf(fields, number) as Uint8Array | undefined);
}

function messageOf(fields: readonly Field[], number: number): Field[] | undefined {
  const value = contentOf(fields, number);
  return value === undefined ? undefined : fieldsOf(value as Uint8Array);
}
