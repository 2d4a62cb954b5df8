import { MigrationError } from "./migration-error.js";
import type { Count, DeviceState, Field, FieldValue } from "./vmstate-description.js";

/** How many elements a field has (QEMU migration/vmstate.c: vmstate_n_elems). */
export function elementCount(field: Field, state: DeviceState): number {
  if (field.kind === "validate") return 0;
  return "count" in field && field.count !== undefined ? countOf(field.count, state) : 1;
}

/** A count, as the state has it. Throws `MigrationError` where it has none. */
export function countOf(count: Count, state: DeviceState): number {
  if (typeof count === "number") return count;
  const value = state[count.field];
  const length = typeof value === "bigint" ? Number(value) : value;
  if (typeof length === "number" && Number.isSafeInteger(length) && length >= 0) {
    return length * (count.times ?? 1);
  }
  throw new MigrationError(`field ${count.field} is no length: ${describe(value)}`);
}

function describe(value: FieldValue): string {
  return typeof value === "object" ? "no number" : String(value);
}
