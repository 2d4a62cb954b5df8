import { decodeState } from "../../migration/wire/decode-state.js";
import type { StateField, StateNode, StateValue } from "../../migration/wire/state-value.js";
import { isSection, type SectionItem, type StreamItem } from "../../migration/wire/stream-item.js";
import type { VmDescription, VmState } from "../../migration/wire/vm-description.js";

/** A line of a device's state. */
export interface DeviceStateRow {
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** Rows of one device that a page shows; the rest is counted in a last row. */
const MAX_ROWS = 400;
const MAX_BYTES = 16;

/**
 * The device state that a section carries, by the stream's VMDESCRIPTION: with values where the
 * item holds its data, else the fields and their sizes. `undefined` without a description of it.
 */
export function deviceStateRows(
  item: StreamItem,
  description: VmDescription | undefined,
): DeviceStateRow[] | undefined {
  if (!isSection(item) || item.type !== "section-full") return undefined;
  const device = description?.devices.find(
    ({ name, instanceId }) => name === item.idstr && instanceId === item.instanceId,
  );
  if (!device) return undefined;
  const state = item.data && valuesOf(item, device);
  const rows = state ? valueRows(state, 0) : fieldRows(device, 0);
  if (rows.length <= MAX_ROWS) return rows;
  const rest: DeviceStateRow = {
    depth: 0,
    name: `and ${rows.length - MAX_ROWS} more`,
    type: "",
    value: "",
  };
  return [...rows.slice(0, MAX_ROWS), rest];
}

/** The description of the stream's devices, which stands at its end. */
export function descriptionOf(items: readonly StreamItem[]): VmDescription | undefined {
  return items.findLast((item) => item.type === "vm-description")?.description;
}

/** State that does not fit its description is shown by the description alone. */
function valuesOf(item: SectionItem, device: VmState): StateNode | undefined {
  try {
    return decodeState(item.data!, device, item.dataOffset);
  } catch {
    return undefined;
  }
}

function fieldRows(state: VmState, depth: number): DeviceStateRow[] {
  const fields = state.fields.flatMap(({ name, type, size, index, arrayLength, struct, inner }) => {
    const count = arrayLength === undefined ? "" : `[${arrayLength}]`;
    const nested = struct ? [struct] : (inner ?? []);
    const label = index === undefined ? `${name}${count}` : `${name}[${index}]`;
    const row = { depth, name: label, type, value: `${size} B` };
    return [row, ...nested.flatMap((within) => fieldRows(within, depth + 1))];
  });
  const subsections = state.subsections.flatMap((subsection) => [
    subsectionRow(subsection.vmsdName, depth),
    ...fieldRows(subsection, depth + 1),
  ]);
  return [...fields, ...subsections];
}

function valueRows(state: StateNode, depth: number): DeviceStateRow[] {
  const fields = state.fields.flatMap((field) => fieldWithValue(field, depth));
  const subsections = state.subsections.flatMap((subsection) => [
    subsectionRow(subsection.vmsdName, depth),
    ...valueRows(subsection, depth + 1),
  ]);
  return [...fields, ...subsections];
}

function subsectionRow(name: string, depth: number): DeviceStateRow {
  return { depth, name, type: "subsection", value: "" };
}

function fieldWithValue({ name, type, index, bytes, value }: StateField, depth: number) {
  const label = index === undefined ? name : `${name}[${index}]`;
  const row: DeviceStateRow = { depth, name: label, type, value: valueText(value, bytes) };
  return [row, ...nestedRows(value, depth + 1)];
}

function nestedRows(value: StateValue, depth: number): DeviceStateRow[] {
  if (value.kind === "struct") return valueRows(value.value, depth);
  if (value.kind === "list") return value.elements.flatMap((node) => valueRows(node, depth));
  return [];
}

function valueText(value: StateValue, bytes: Uint8Array = new Uint8Array(0)): string {
  switch (value.kind) {
    case "integer":
      return value.value >= 10
        ? `${value.value} (0x${value.value.toString(16)})`
        : String(value.value);
    case "boolean":
    case "float":
      return String(value.value);
    case "timer":
      return value.value === undefined ? "not set" : `fires at ${value.value} ns`;
    case "null":
      return "NULL";
    case "text":
      return value.value;
    case "struct":
      return "";
    case "list":
      return `${value.elements.length} elements`;
    case "bytes":
      return hexadecimal(bytes);
  }
}

function hexadecimal(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MAX_BYTES), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join(" ");
  return bytes.length > MAX_BYTES ? `${shown} … (${bytes.length} B)` : shown;
}
