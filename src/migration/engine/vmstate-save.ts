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
import { SCALAR_TYPES, type ScalarValue } from "../wire/vmstate-scalar.js";
import { MigrationError } from "./migration-error.js";
import type {
  BitmapField,
  BufferField,
  DeviceState,
  Field,
  FieldValue,
  ScalarField,
  StructField,
  VmStateDescription,
} from "./vmstate-description.js";
import { elementCount, fieldExists } from "./vmstate-exists.js";
import { bitmapSize } from "./vmstate-fields.js";

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
  const fields: VmField[] = [];
  for (const field of description.fields) {
    if (!fieldExists(description, field, state, version)) continue;
    trace_vmstate_save_state_loop(name, field.name, elementCount(field));
    fields.push(...saveField(writer, field, state));
  }
  return {
    vmsdName: name,
    version,
    fields,
    subsections: saveSubsections(writer, description, state),
  };
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

function saveField(writer: StreamWriter, field: Field, state: DeviceState): VmField[] {
  switch (field.kind) {
    case "scalar":
      return [saveScalars(writer, field, state[field.name])];
    case "buffer":
      writer.bytes(bytesOf(field, field.size, state[field.name]));
      return [{ name: field.name, type: field.type ?? "buffer", size: field.size }];
    case "unused":
      writer.bytes(new Uint8Array(field.size));
      return [{ name: field.name, type: "unused_buffer", size: field.size }];
    case "bitmap":
      return [saveBitmap(writer, field, state[field.name])];
    case "struct":
      return saveStructs(writer, field, state[field.name]);
  }
}

function saveScalars(writer: StreamWriter, field: ScalarField, value: FieldValue): VmField {
  const { size, write } = SCALAR_TYPES[field.type];
  const values = field.count === undefined ? [value] : elements(field, field.count, value);
  try {
    for (const element of values) write(writer, element as ScalarValue);
  } catch (error) {
    throw new MigrationError(`field ${field.name}: ${(error as Error).message}`);
  }
  const type = field.equal ? `${field.type} equal` : field.type;
  if (field.count === undefined) return { name: field.name, type, size };
  return { name: field.name, arrayLength: field.count, type, size };
}

/** QEMU migration/vmstate-types.c: put_bitmap; each 64-bit word big-endian. */
function saveBitmap(writer: StreamWriter, field: BitmapField, value: FieldValue): VmField {
  const bytes = bytesOf(field, bitmapSize(field.bits), value);
  for (let at = 0; at < bytes.length; at += 8) writer.bytes(bytes.slice(at, at + 8).reverse());
  return { name: field.name, type: "bitmap", size: bytes.length };
}

function saveStructs(writer: StreamWriter, field: StructField, value: FieldValue): VmField[] {
  const { name, count } = field;
  if (count === undefined) return [saveStruct(writer, field, value)];
  const saved = elements(field, count, value).map((element) => saveStruct(writer, field, element));
  const first = saved[0];
  if (first && isUniform(field.struct)) return [{ ...first, name, arrayLength: count }];
  return saved.map((element, index) => ({ ...element, index }));
}

function saveStruct(writer: StreamWriter, field: StructField, value: FieldValue): VmField {
  if (typeof value !== "object" || Array.isArray(value) || value instanceof Uint8Array) {
    throw new MigrationError(`field ${field.name} has no struct`);
  }
  const before = writer.length;
  const saved = saveVmState(writer, field.struct, value);
  return { name: field.name, type: "struct", struct: saved, size: writer.length - before };
}

/** Whether all its elements look alike, so that describing one is enough (QEMU: vmsd_can_compress). */
function isUniform(description: VmStateDescription): boolean {
  if ((description.subsections ?? []).length > 0) return false;
  return description.fields.every(
    (field) => !field.exists && (field.kind !== "struct" || isUniform(field.struct)),
  );
}

function elements(field: Field, count: number, value: FieldValue): readonly FieldValue[] {
  if (Array.isArray(value) && value.length === count) return value;
  throw new MigrationError(`field ${field.name} has no array of ${count}`);
}

function bytesOf(field: BufferField | BitmapField, size: number, value: FieldValue): Uint8Array {
  if (value instanceof Uint8Array && value.length === size) return value;
  throw new MigrationError(`field ${field.name} has no Uint8Array of ${size} bytes`);
}
