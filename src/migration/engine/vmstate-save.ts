import {
  trace_vmstate_save_state_loop,
  trace_vmstate_save_state_pre_save_res,
  trace_vmstate_save_state_top,
  trace_vmstate_subsection_save_loop,
  trace_vmstate_subsection_save_top,
} from "../../../generated/migration.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import { writeSubsectionHead } from "../wire/subsection.js";
import type { VmField, VmState } from "../wire/vm-description.js";
import { elementCount } from "./vmstate-count.js";
import type { DeviceState, VmStateDescription } from "./vmstate-description.js";
import { fieldExists } from "./vmstate-exists.js";
import { saveField } from "./vmstate-save-field.js";

/**
 * Writes a vmstate, and gives what VMDESCRIPTION is to say of it. Throws what a `preSave` throws,
 * and `MigrationError` for a value that its field cannot hold.
 */
export function saveVmState(
  writer: StreamWriter,
  description: VmStateDescription,
  state: DeviceState,
): VmState {
  const { name, version } = description;
  trace_vmstate_save_state_top(name);
  if (description.preSave) {
    description.preSave(state);
    trace_vmstate_save_state_pre_save_res(name, 0);
  }
  try {
    const fields = saveFields(writer, description, state);
    const subsections = saveSubsections(writer, description, state);
    return { vmsdName: name, version, fields, subsections };
  } finally {
    description.postSave?.(state);
  }
}

function saveFields(
  writer: StreamWriter,
  description: VmStateDescription,
  state: DeviceState,
): VmField[] {
  const names = uniqueNames(description);
  const saved: VmField[] = [];
  for (const [index, field] of description.fields.entries()) {
    if (!fieldExists(description, field, state, description.version)) continue;
    trace_vmstate_save_state_loop(description.name, field.name, elementCount(field, state));
    const name = names[index]!;
    for (const layout of saveField(writer, field, state, saveVmState)) {
      saved.push(name === field.name ? layout : { ...layout, name });
    }
  }
  return saved;
}

/** Fields of one name are told apart by their number (QEMU migration/vmstate.c: vmfield_name_num). */
function uniqueNames({ fields }: VmStateDescription): readonly string[] {
  return fields.map(({ name }, index) => {
    if (fields.findIndex((field, other) => field.name === name && other !== index) < 0) return name;
    const before = fields.slice(0, index).filter((field) => field.name === name);
    return `${name}[${before.length}]`;
  });
}

function saveSubsections(
  writer: StreamWriter,
  description: VmStateDescription,
  state: DeviceState,
): VmState[] {
  trace_vmstate_subsection_save_top(description.name);
  const saved: VmState[] = [];
  for (const subsection of description.subsections ?? []) {
    if (!subsection.needed(state)) continue;
    trace_vmstate_subsection_save_loop(description.name, subsection.name);
    writeSubsectionHead(writer, subsection.name, subsection.version);
    saved.push(saveVmState(writer, subsection, state));
  }
  return saved;
}
