import { DecodeError } from "../../bytes/decode-error.js";
import { membersOf, parseRepeatedJson } from "./parse-repeated-json.js";

/** A field of a vmstate, in stream order. */
export interface VmField {
  readonly name: string;
  /** QEMU's name of the type, such as `uint32`, `timer`, `struct`. */
  readonly type: string;
  /** Bytes of one element in the stream, all that is nested included. */
  readonly size: number;
  /** Which element of an array this is. */
  readonly index?: number;
  /** How many elements of this kind follow each other. */
  readonly arrayLength?: number;
  /** Of the type `struct`: the vmstate of an element. */
  readonly struct?: VmState;
  /**
   * Of other types that are made of vmstates: those, in stream order. Of `tmp` the one, of `qtailq`
   * and `qlist` one for each element, of `gtree` key and value of each node, or the values only.
   * In JSON their members stand in the field itself, not under `struct`, and repeat.
   */
  readonly inner?: readonly VmState[];
}

/** A vmstate: the fields, then the subsections that were sent. */
export interface VmState {
  readonly vmsdName: string;
  readonly version: number;
  readonly fields: readonly VmField[];
  readonly subsections: readonly VmState[];
}

/** The vmstate of a device, which has a section of its own. */
export interface VmDevice extends VmState {
  /** The section's idstr. */
  readonly name: string;
  readonly instanceId: number;
}

/** What a VMDESCRIPTION says (QEMU migration/savevm.c: the JSON behind the stream). */
export interface VmDescription {
  readonly configuration?: VmState;
  /** Bytes of a page of the target. */
  readonly pageSize: number;
  readonly devices: readonly VmDevice[];
}

type Json = Readonly<Record<string, unknown>>;

/** Deeper than any device nests; keeps a broken description from exhausting the stack. */
const MAX_DEPTH = 100;

/** What a vmstate has in JSON. */
const STATE_KEYS = new Set(["vmsd_name", "version", "fields", "subsections"]);

/** Parses the JSON of a VMDESCRIPTION that begins at `offset`; throws `DecodeError`. */
export function parseVmDescription(text: string, offset = 0): VmDescription {
  try {
    const json = object(parseJson(text), "description");
    const devices = array(json.devices, "devices").map((device) =>
      vmDevice(object(device, "device")),
    );
    const pageSize = powerOfTwo(json.page_size, "page_size");
    if (json.configuration === undefined) return { pageSize, devices };
    const configuration = vmState(object(json.configuration, "configuration"), 0);
    return { configuration, pageSize, devices };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DecodeError(`not a VMDESCRIPTION: ${reason}`, offset);
  }
}

/** Only elements of lists repeat keys, and few descriptions have any: they take the slower way. */
function parseJson(text: string): unknown {
  if (text.includes("[".repeat(MAX_DEPTH))) throw new Error("nested too deep");
  return /"type": ?"(?:qtailq|qlist|gtree)"/.test(text)
    ? parseRepeatedJson(text)
    : JSON.parse(text);
}

function vmDevice(json: Json): VmDevice {
  return {
    name: string(json.name, "name"),
    instanceId: count(json.instance_id, "instance_id"),
    ...vmState(json, 0),
  };
}

function vmState(json: Json, depth: number): VmState {
  if (depth > MAX_DEPTH) throw new Error("structs nested too deep");
  return {
    // An old-style section has no vmstate, and so no name of one.
    vmsdName: json.vmsd_name === undefined ? "" : string(json.vmsd_name, "vmsd_name"),
    version: count(json.version ?? 0, "version"),
    fields: array(json.fields ?? [], "fields").map((field) =>
      vmField(object(field, "field"), depth),
    ),
    subsections: array(json.subsections ?? [], "subsections").map((subsection) =>
      vmState(object(subsection, "subsection"), depth + 1),
    ),
  };
}

function vmField(json: Json, depth: number): VmField {
  const type = string(json.type, "type");
  return {
    name: string(json.name, "name"),
    type,
    size: count(json.size, "size"),
    ...(json.index !== undefined && { index: count(json.index, "index") }),
    ...(json.array_len !== undefined && { arrayLength: count(json.array_len, "array_len") }),
    ...(type === "struct" && { struct: vmState(object(json.struct, "struct"), depth + 1) }),
    ...(type !== "struct" && json.fields !== undefined && { inner: innerStates(json, depth + 1) }),
  };
}

/** A vmstate begins at each of its names. */
function innerStates(json: Json, depth: number): VmState[] {
  const states: Record<string, unknown>[] = [];
  for (const [key, value] of membersOf(json)) {
    if (key === "vmsd_name") states.push({});
    const state = states.at(-1);
    if (state && STATE_KEYS.has(key)) state[key] = value;
  }
  return states.map((state) => vmState(state, depth));
}

function object(value: unknown, what: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${what} is no object`);
}

function array(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${what} is no array`);
}

function string(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Error(`${what} is no string`);
}

/** Of 256 bytes to 16 MiB, as pages have. */
function powerOfTwo(value: unknown, what: string): number {
  const size = count(value, what);
  if (size >= 256 && size <= 1 << 24 && Number.isInteger(Math.log2(size))) return size;
  throw new Error(`${what} of ${size} bytes`);
}

function count(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`${what} is no count`);
}
