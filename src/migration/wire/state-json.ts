import { hexOf } from "./hex.js";
import type { DeviceStatePackets } from "./multifd-device-states.js";
import type { SectionState } from "./state-collector.js";
import type { StateField, StateNode, StateValue } from "./state-value.js";
import type { RamBlockInfo } from "./stream-item.js";

/** A section's state as JSON: integers of 64 bits are decimal strings, bytes hexadecimal digits. */
export interface SectionStateJson {
  readonly section: number;
  readonly idstr: string;
  readonly instance: number;
  readonly version: number;
  /** Absolute offset of the data. */
  readonly offset: number;
  /** Bytes of the data, over all its parts. */
  readonly size: number;
  readonly kind: SectionState["kind"];
  /** What came of the device by multifd channels. */
  readonly multifd?: DeviceStatePacketsJson;
  /** Of `vmstate`. */
  readonly state?: StateNodeJson;
  /** Of `ram`: name and used length of each block. */
  readonly blocks?: readonly (readonly [string, number])[];
  /** Names of blocks whose memory x-ignore-shared keeps out of a mapped-ram file. */
  readonly ignored?: readonly string[];
  /** Of `opaque`, where the bytes are at hand: hexadecimal digits. */
  readonly data?: string;
}

/** Packets of device state: how many, and the bytes of their payloads. */
export interface DeviceStatePacketsJson {
  readonly packets: number;
  readonly size: number;
  /** Of numbered ones, bytes of the device's config, left out if it did not come. */
  readonly config?: number;
  /** Of numbered ones, how many up to the config did not come. */
  readonly missing?: number;
}

/** A vmstate with its values. */
export interface StateNodeJson {
  readonly vmsd: string;
  readonly version: number;
  readonly size: number;
  readonly fields: readonly StateFieldJson[];
  readonly subsections?: readonly StateNodeJson[];
}

/** A field; elements of an array follow each other, each with its index. */
export interface StateFieldJson {
  readonly name: string;
  readonly type: string;
  readonly index?: number;
  readonly offset: number;
  readonly size: number;
  readonly value: StateValueJson;
}

/** `null`: a pointer that is NULL, a timer that is not set. */
export type StateValueJson =
  | string
  | number
  | boolean
  | null
  | StateNodeJson
  | readonly StateNodeJson[]
  | readonly StateTreeNodeJson[];

/** A node of a tree; a key that is an integer is a decimal string. */
export interface StateTreeNodeJson {
  readonly key: string | StateNodeJson;
  readonly value: StateNodeJson;
}

/** A section's state as JSON. */
export function sectionStateToJson(section: SectionState): SectionStateJson {
  const { sectionId, idstr, instanceId: instance, version, offset, size, kind } = section;
  const multifd = section.multifd && { multifd: packetsJson(section.multifd) };
  const place = { section: sectionId, idstr, instance, version, offset, size, kind, ...multifd };
  switch (section.kind) {
    case "vmstate":
      return { ...place, state: nodeJson(section.state) };
    case "ram":
      return { ...place, ...blocksJson(section.blocks) };
    case "opaque":
      return { ...place, ...(section.data && { data: hexOf(section.data) }) };
  }
}

function blocksJson(blocks: readonly RamBlockInfo[]): Pick<SectionStateJson, "blocks" | "ignored"> {
  const ignored = blocks.filter((block) => block.ignored).map(({ name }) => name);
  return {
    blocks: blocks.map(({ name, usedLength }) => [name, usedLength]),
    ...(ignored.length > 0 && { ignored }),
  };
}

function packetsJson({ packets, size, numbered }: DeviceStatePackets): DeviceStatePacketsJson {
  if (!numbered) return { packets, size };
  const { config, missing } = numbered;
  return { packets, size, ...(config !== undefined && { config }), missing };
}

function nodeJson({ vmsdName, version, size, fields, subsections }: StateNode): StateNodeJson {
  const nested = subsections.length > 0 && { subsections: subsections.map(nodeJson) };
  return { vmsd: vmsdName, version, size, fields: fields.map(fieldJson), ...nested };
}

function fieldJson({ name, type, index, offset, size, bytes, value }: StateField): StateFieldJson {
  const place = { name, type, ...(index !== undefined && { index }), offset, size };
  return { ...place, value: valueJson(value, bytes) };
}

function listJson({
  elements,
  keys,
}: Extract<StateValue, { readonly kind: "list" }>): readonly StateNodeJson[] | StateTreeNodeJson[] {
  if (!keys) return elements.map(nodeJson);
  return elements.map((element, index) => {
    const key = keys[index]!;
    return {
      key: typeof key === "bigint" ? key.toString() : nodeJson(key),
      value: nodeJson(element),
    };
  });
}

function valueJson(value: StateValue, bytes: Uint8Array = new Uint8Array(0)): StateValueJson {
  switch (value.kind) {
    case "integer":
      return typeof value.value === "bigint" ? value.value.toString() : value.value;
    case "timer":
      return value.value === undefined ? null : value.value.toString();
    case "float":
      return Number.isFinite(value.value) ? value.value : String(value.value);
    case "boolean":
    case "text":
      return value.value;
    case "null":
      return null;
    case "struct":
      return nodeJson(value.value);
    case "list":
      return listJson(value);
    case "bytes":
      return hexOf(bytes);
  }
}
