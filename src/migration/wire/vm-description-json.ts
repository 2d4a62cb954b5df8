import { MEMBERS, membersOf } from "./parse-repeated-json.js";
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
  const { name, instanceId: instance_id, vmsdName, fields, subsections } = device;
  const isPlain =
    subsections.length === 0 && fields.every((field) => !field.struct && !field.inner);
  if (vmsdName !== "" || !isPlain) return { name, instance_id, ...stateJson(device) };
  // QEMU migration/savevm.c: vmstate_save_old_style, for what has no vmstate.
  const size = fields.reduce((sum, field) => sum + field.size, 0);
  const oldStyle = fields.map((field) => ({
    name: field.name,
    size: field.size,
    type: field.type,
  }));
  return { name, instance_id, size, fields: oldStyle };
}

function stateJson(state: VmState): object {
  return {
    ...(state.vmsdName && { vmsd_name: state.vmsdName, version: state.version }),
    fields: state.fields.map(fieldJson),
    ...(state.subsections.length > 0 && { subsections: state.subsections.map(stateJson) }),
  };
}

/** Of a list, the members of its elements' vmstates follow each other in the field itself. */
function fieldJson(field: VmField): object {
  const { name, index, arrayLength, type, inner = [], struct, size } = field;
  const head = {
    name,
    ...(index !== undefined && { index }),
    ...(arrayLength !== undefined && { array_len: arrayLength }),
    type,
  };
  const members = [
    ...Object.entries(head),
    ...inner.flatMap((state) => Object.entries(stateJson(state))),
    ...(struct ? [["struct", stateJson(struct)] as const] : []),
    ["size", size] as const,
  ];
  return { [MEMBERS]: members };
}

/** QEMU qobject/json-writer.c: on one line, a blank behind each comma and colon. */
function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = membersOf(value).map(([key, inner]) => `"${key}": ${jsonText(inner)}`);
  return `{${members.join(", ")}}`;
}
