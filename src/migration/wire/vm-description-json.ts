import type { VmDescription, VmDevice, VmField, VmState } from "./vm-description.js";

/** The JSON text of a VMDESCRIPTION, its keys in the order and with the blanks that QEMU has. */
export function vmDescriptionToJson(description: VmDescription): string {
  return jsonText({
    ...(description.configuration && { configuration: stateJson(description.configuration) }),
    page_size: description.pageSize,
    devices: description.devices.map(deviceJson),
  });
}

function deviceJson(device: VmDevice): object {
  return { name: device.name, instance_id: device.instanceId, ...stateJson(device) };
}

function stateJson(state: VmState): object {
  return {
    ...(state.vmsdName && { vmsd_name: state.vmsdName, version: state.version }),
    fields: state.fields.map(fieldJson),
    ...(state.subsections.length > 0 && { subsections: state.subsections.map(stateJson) }),
  };
}

function fieldJson(field: VmField): object {
  return {
    name: field.name,
    ...(field.index !== undefined && { index: field.index }),
    ...(field.arrayLength !== undefined && { array_len: field.arrayLength }),
    type: field.type,
    ...(field.inner && stateJson(field.inner)),
    ...(field.struct && { struct: stateJson(field.struct) }),
    size: field.size,
  };
}

/** QEMU qobject/json-writer.c: on one line, a blank behind each comma and colon. */
function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `"${key}": ${jsonText(inner)}`);
  return `{${entries.join(", ")}}`;
}
