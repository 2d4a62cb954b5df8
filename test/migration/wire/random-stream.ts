/** Random streams with what is in them, written down as it is generated: nothing here is read back. */

import { deflateSync } from "node:zlib";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { encodeUtf8 } from "../../../src/bytes/utf8.js";
import { pick, type Random, seededRandom } from "../../support/random.js";

/** What may differ between two streams of the same seed. */
export interface StreamVariation {
  readonly machine?: string;
  /** Whether SWITCHOVER_START is sent before the first END. */
  readonly switchoverStart?: boolean;
  /** A subsection that no device has. */
  readonly without?: string;
}

export interface RandomStream {
  readonly bytes: Uint8Array;
  /** As `recordings/NAME/items.jsonl` has them; `end` of devices is "described". */
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** Each section that begins, as `stream state` prints it. */
  readonly states: readonly object[];
  readonly pageSize: number;
  readonly blocks: readonly { readonly name: string; readonly usedLength: number }[];
  /** What a sink gets of memory, in order: kind, block, address, fill or bytes. */
  readonly records: readonly (readonly [
    kind: string,
    block: string,
    address: number,
    data: string,
  ])[];
  /** All of memory at the end, in hexadecimal digits. */
  readonly memory: Readonly<Record<string, string>>;
  readonly pings: number;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** One line, a space after each comma and colon, as QEMU prints it. */
function qemuJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(qemuJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `"${key}": ${qemuJson(inner)}`);
  return `{${members.join(", ")}}`;
}

export function randomStream(seed: number, variation: StreamVariation = {}): RandomStream {
  const random = seededRandom(seed);
  const out = new ByteWriter("big");
  const items: Record<string, unknown>[] = [];
  const states: object[] = [];
  const chance = (percent: number) => random(100) < percent;
  const text = (value: string) => {
    const bytes = encodeUtf8(value);
    out.u8(bytes.length).bytes(bytes);
  };

  const pageBits = 10 + random(4);
  const pageSize = 2 ** pageBits;
  const machine = variation.machine ?? "pc-q35-9.2";
  out.u32(0x5145564d).u32(3);
  {
    const offset = out.length;
    const uuid = chance(50);
    out.u8(7).u32(encodeUtf8(machine).length).bytes(encodeUtf8(machine));
    const subsections = ["configuration/target-page-bits"];
    out.u8(5);
    text("configuration/target-page-bits");
    out.u32(1).u32(pageBits);
    if (uuid) {
      subsections.push("configuration/uuid");
      out.u8(5);
      text("configuration/uuid");
      out.u32(1).bytes(Uint8Array.from({ length: 16 }, (_, index) => index));
    }
    items.push({ offset, type: 7, machine, subsections, caps: [], size: out.length - offset });
  }

  let pings = 0;
  const command = (number: number, name: string, payload: Uint8Array) => {
    const offset = out.length;
    out.u8(8).u16(number).u16(payload.length).bytes(payload);
    const size = out.length - offset;
    items.push({ offset, type: 8, command: number, name, payload: hex(payload), size });
  };
  if (chance(60)) {
    command(1, "OPEN_RETURN_PATH", new Uint8Array(0));
    for (let left = 1 + random(2); left > 0; left--) {
      pings++;
      command(2, "PING", Uint8Array.of(0, 0, 0, left));
    }
  }

  const blocks = Array.from({ length: 1 + random(3) }, (_, index) => ({
    name: `block${index}`,
    usedLength: pageSize * (1 + random(12)),
  }));
  const memory = new Map(blocks.map(({ name, usedLength }) => [name, new Uint8Array(usedLength)]));
  const records: [string, string, number, string][] = [];
  let previous: string | undefined;

  const place = { section: 2, idstr: "ram", instance: 0 };
  let ramSize = 0;
  const ramStart = { section: 2, idstr: "ram", instance: 0, version: 4, offset: 0 };
  const ramSection = (type: number, body: () => Record<string, number>, list = false) => {
    const offset = out.length;
    out.u8(type).u32(2);
    if (type === 1) {
      text("ram");
      out.u32(0).u32(4);
    }
    const data = out.length;
    const ram = body();
    out.u64(0x10);
    ramSize += out.length - data;
    if (type === 1) ramStart.offset = data;
    out.u8(0x7e).u32(2);
    items.push({
      ...{ offset, type, ...place, ...(type === 1 && { version: 4 }), data, end: "self", ram },
      ...(list && { blocks: blocks.map(({ name, usedLength }) => [name, usedLength]) }),
      ...{ footer: true, size: out.length - offset },
    });
  };
  const record = (): string => {
    const { name, usedLength } = pick(random, blocks);
    const address = pageSize * random(usedLength / pageSize);
    const kind = pick(random, ["page", "page", "zero", "zero", "xbzrle", "compressed"]);
    const flag = { page: 8, zero: 2, xbzrle: 0x40, compressed: 0x100 }[kind]!;
    out.u64(address + flag + (name === previous ? 0x20 : 0));
    if (name !== previous) text(name);
    previous = name;
    const page = memory.get(name)!.subarray(address, address + pageSize);
    const filled = new Uint8Array(pageSize).fill(1 + random(255), random(3), random(pageSize));
    if (kind === "page") {
      out.bytes(filled);
      page.set(filled);
      records.push([kind, name, address, hex(filled)]);
    } else if (kind === "zero") {
      const fill = chance(70) ? 0 : 1 + random(255);
      out.u8(fill);
      page.fill(fill);
      records.push([kind, name, address, String(fill)]);
    } else if (kind === "xbzrle") {
      // One run of new bytes: how many are unchanged before it, how many it has.
      const [skip, count] = [random(100), 1 + random(100)];
      const bytes = filled.subarray(0, count);
      page.set(bytes, skip);
      const encoded = Uint8Array.from([skip, count, ...bytes]);
      out.u8(1).u16(encoded.length).bytes(encoded);
      records.push([kind, name, address, hex(encoded)]);
    } else {
      const deflated = new Uint8Array(deflateSync(filled));
      out.u32(deflated.length).bytes(deflated);
      page.set(filled);
      records.push([kind, name, address, hex(deflated)]);
    }
    return kind;
  };
  const someRecords = (most: number) => () => {
    const counts: Record<string, number> = {};
    const count = (kind: string) => {
      counts[kind] = (counts[kind] ?? 0) + 1;
    };
    for (let left = random(most); left > 0; left--) count(record());
    if (chance(30)) {
      out.u64(0x200);
      count("flush");
    }
    if (chance(20)) {
      out.u64(0x80);
      count("hook");
    }
    const order = ["page", "zero", "xbzrle", "compressed", "hook", "flush"];
    return Object.fromEntries(
      order.flatMap((kind) => (counts[kind] ? [[kind, counts[kind]]] : [])),
    );
  };

  ramSection(
    1,
    () => {
      out.u64(4 + blocks.reduce((sum, { usedLength }) => sum + usedLength, 0));
      for (const { name, usedLength } of blocks) {
        text(name);
        out.u64(usedLength);
      }
      return {};
    },
    true,
  );
  states.push(ramStart);
  for (let left = 1 + random(4); left > 0; left--) ramSection(2, someRecords(20));
  if (variation.switchoverStart) command(11, "SWITCHOVER_START", new Uint8Array(0));
  ramSection(3, someRecords(5));
  const ramState = { ...ramStart, size: ramSize, kind: "ram" };
  states[0] = { ...ramState, blocks: blocks.map(({ name, usedLength }) => [name, usedLength]) };

  const devices: object[] = [];
  for (let index = 0; index < 2 + random(4); index++) {
    const instance = random(3);
    const idstr = `device${index}`;
    const offset = out.length;
    const version = random(5);
    out.u8(4).u32(10 + index);
    text(idstr);
    out.u32(instance).u32(version);
    const data = out.length;
    const described = vmstate(random, out, idstr, version, variation.without);
    const size = out.length - data;
    out.u8(0x7e).u32(10 + index);
    const head = { section: 10 + index, idstr, instance, version };
    const ends = { data, end: "described", footer: true, size: out.length - offset };
    items.push({ offset, type: 4, ...head, ...ends });
    states.push({ ...head, offset: data, size, kind: "vmstate", state: described.state });
    devices.push({ name: idstr, instance_id: instance, ...described.json });
  }
  items.push({ offset: out.length, type: 0, size: 1 });
  out.u8(0);
  const json = encodeUtf8(qemuJson({ ...configurationOf(machine), page_size: pageSize, devices }));
  const offset = out.length;
  out.u8(6).u32(json.length).bytes(json);
  items.push({ offset, type: 6, size: out.length - offset });
  return {
    ...{ bytes: out.take(), items, states, pageSize, blocks, records, pings },
    memory: Object.fromEntries([...memory].map(([name, bytes]) => [name, hex(bytes)])),
  };
}

function configurationOf(machine: string): object {
  const size = encodeUtf8(machine).length;
  const fields = [
    { name: "len", type: "uint32", size: 4 },
    { name: "name", type: "buffer", size },
  ];
  return { configuration: { vmsd_name: "configuration", version: 1, fields } };
}

/** The description of a vmstate, and its values. */
interface Described {
  readonly json: object;
  readonly state: object;
}

/** Writes the data of a random vmstate. No byte of it is that of a footer. */
function vmstate(
  random: Random,
  out: ByteWriter,
  name: string,
  version: number,
  without: string | undefined,
  depth = 0,
): Described {
  const start = out.length;
  const json: object[] = [];
  const fields: object[] = [];
  const byte = () => random(0x7e);
  const value = (type: string, size: number): unknown => {
    const bytes = Uint8Array.from({ length: size }, byte);
    if (type === "bool") bytes[0] = random(2);
    // Of signed ones half are negative.
    if (type.startsWith("int") && random(2) === 0) bytes[0] = 0xff;
    out.bytes(bytes);
    if (type === "bool") return bytes[0] === 1;
    if (type === "buffer") return hex(bytes);
    const unsigned = BigInt(`0x${hex(bytes)}`);
    const integer = type.startsWith("int") ? BigInt.asIntN(8 * size, unsigned) : unsigned;
    return size === 8 ? integer.toString() : Number(integer);
  };
  for (let index = 0; index < 1 + random(4); index++) {
    const field = `f${index}`;
    const [type, size] = pick(random, [
      ...([
        ["uint8", 1],
        ["uint16", 2],
        ["uint32", 4],
        ["uint64", 8],
      ] as const),
      ...([
        ["int8", 1],
        ["int16", 2],
        ["int32", 4],
        ["int64", 8],
      ] as const),
      ...([
        ["bool", 1],
        ["buffer", 5],
        ["struct", 0],
        ["struct", 0],
      ] as const),
    ] as const);
    if (type === "struct" && depth < 2) {
      const offset = out.length;
      const inner = vmstate(random, out, `${name}-${index}`, 1, without, depth + 1);
      const bytes = out.length - offset;
      json.push({ name: field, type, struct: inner.json, size: bytes });
      fields.push({ name: field, type, offset, size: bytes, value: inner.state });
      continue;
    }
    if (type === "struct") continue;
    const length = random(3) === 0 ? 2 + random(3) : undefined;
    json.push({ name: field, ...(length && { array_len: length }), type, size });
    for (let element = 0; element < (length ?? 1); element++) {
      const offset = out.length;
      const place = { ...(length && { index: element }), offset, size };
      fields.push({ name: field, type, ...place, value: value(type, size) });
    }
  }
  const subsections: Described[] = [];
  for (const kind of ["common", "own"]) {
    if (random(2) === 0 || depth > 1) continue;
    const full = `${kind === "common" ? "" : `${name}/`}${kind}`;
    // What a subsection would have is drawn also where it is left out: the rest is the same.
    const scratch = new ByteWriter("big");
    const into = full === without ? scratch : out;
    const bytes = encodeUtf8(full);
    into.u8(5).u8(bytes.length).bytes(bytes).u32(3);
    const inner = vmstate(random, into, full, 3, without, depth + 1);
    if (into === out) subsections.push(inner);
  }
  const nested = subsections.length > 0;
  return {
    json: {
      ...{ vmsd_name: name, version, fields: json },
      ...(nested && { subsections: subsections.map(({ json }) => json) }),
    },
    state: {
      ...{ vmsd: name, version, size: out.length - start, fields },
      ...(nested && { subsections: subsections.map(({ state }) => state) }),
    },
  };
}
