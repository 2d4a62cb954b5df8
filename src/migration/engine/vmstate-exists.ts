import { trace_vmstate_field_exists } from "../../../generated/migration.js";
import type { DeviceState, Field, VmStateDescription } from "./vmstate-description.js";

/** Whether a field is in a vmstate of a version (QEMU migration/vmstate.c: vmstate_field_exists). */
export function fieldExists(
  description: VmStateDescription,
  field: Field,
  state: DeviceState,
  version: number,
): boolean {
  const since = field.version ?? 0;
  if (!field.exists) return since <= version;
  const exists = field.exists(state, version);
  trace_vmstate_field_exists(description.name, field.name, since, version, exists ? 1 : 0);
  return exists;
}
