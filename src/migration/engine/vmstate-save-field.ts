import {
  trace_put_qlist,
  trace_put_qlist_end,
  trace_put_qtailq,
  trace_put_qtailq_end,
} from "../../../generated/migration.js";
import { VmStateMark } from "../wire/constants.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import type { VmField, VmState } from "../wire/vm-description.js";
import { SCALAR_TYPES, type ScalarValue } from "../wire/vmstate-scalar.js";
import { MigrationError } from "./migration-error.js";
import { countOf, elementCount } from "./vmstate-count.js";
import type {
  BitmapField,
  DeviceState,
  Field,
  FieldValue,
  ListField,
  ScalarField,
  StructField,
  TmpField,
  ValidateField,
  VmStateDescription,
} from "./vmstate-description.js";
import { bitmapSize } from "./vmstate-fields.js";
import { alike, type ElementLayout, hasOneLayout, inRuns, oneByOne } from "./vmstate-layout.js";

/** How a vmstate is saved, which is what a struct's elements are. */
export type SaveVmState = (
  writer: StreamWriter,
  description: VmStateDescription,
  state: DeviceState,
) => VmState;

/** Writes one field with all its elements, and gives what VMDESCRIPTION is to say of it. */
export function saveField(
  writer: StreamWriter,
  field: Field,
  state: DeviceState,
  save: SaveVmState,
): VmField[] {
  const { name } = field;
  switch (field.kind) {
    case "scalar":
      return saveScalars(writer, field, state);
    case "buffer": {
      const size = countOf(field.size, state);
      writer.bytes(bytesOf(name, size, state[name]));
      return [{ name, type: field.type ?? "buffer", size }];
    }
    case "unused":
      writer.bytes(new Uint8Array(field.size));
      return [{ name, type: "unused_buffer", size: field.size }];
    case "bitmap":
      return [saveBitmap(writer, field, state[name])];
    case "struct":
      return saveStructs(writer, field, state, save);
    case "list":
      return [saveList(writer, field, state[name], save)];
    case "tmp":
      return [saveTmp(writer, field, state, save)];
    case "validate":
      return checked(field, state);
  }
}

function saveScalars(writer: StreamWriter, field: ScalarField, state: DeviceState): VmField[] {
  const { size, write } = SCALAR_TYPES[field.type];
  const values = valuesOf(field, state);
  try {
    for (const element of values) write(writer, element as ScalarValue);
  } catch (error) {
    throw new MigrationError(`field ${field.name}: ${(error as Error).message}`);
  }
  const type = field.equal ? `${field.type} equal` : field.type;
  const layout = { name: field.name, type, size };
  return hasOneLayout(field) ? alike(layout, values.length) : oneByOne(values.map(() => layout));
}

/** QEMU migration/vmstate-types.c: put_bitmap; each 64-bit word big-endian. */
function saveBitmap(writer: StreamWriter, field: BitmapField, value: FieldValue): VmField {
  const bytes = bytesOf(field.name, bitmapSize(field.bits), value);
  for (let at = 0; at < bytes.length; at += 8) writer.bytes(bytes.slice(at, at + 8).reverse());
  return { name: field.name, type: "bitmap", size: bytes.length };
}

function saveStructs(
  writer: StreamWriter,
  field: StructField,
  state: DeviceState,
  save: SaveVmState,
): VmField[] {
  const saved = valuesOf(field, state).map((element) => saveStruct(writer, field, element, save));
  return hasOneLayout(field) ? inRuns(saved) : oneByOne(saved);
}

function saveStruct(
  writer: StreamWriter,
  field: StructField,
  value: FieldValue,
  save: SaveVmState,
): ElementLayout {
  const { name } = field;
  if (value === null && field.nullable) {
    writer.u8(VmStateMark.null);
    return { name, type: "nullptr", size: 1 };
  }
  const before = writer.length;
  const struct = save(writer, field.struct, stateIn(name, value));
  return { name, type: "struct", struct, size: writer.length - before };
}

/** QEMU migration/vmstate-types.c: put_qtailq, put_qlist; a byte before each element, one behind all. */
function saveList(
  writer: StreamWriter,
  field: ListField,
  value: FieldValue,
  save: SaveVmState,
): VmField {
  const { name, type, struct } = field;
  if (!Array.isArray(value)) throw new MigrationError(`field ${name} has no array`);
  const before = writer.length;
  if (type === "qtailq") trace_put_qtailq(struct.name, struct.version);
  else trace_put_qlist(name, struct.name, struct.version);
  const inner = value.map((element) => {
    writer.u8(VmStateMark.more);
    return save(writer, struct, stateIn(name, element));
  });
  writer.u8(VmStateMark.end);
  if (type === "qtailq") trace_put_qtailq_end(struct.name, "end");
  else trace_put_qlist_end(name, struct.name);
  // As a description that was read: without a vmstate within, it has no word of one.
  return { name, type, ...(inner.length > 0 && { inner }), size: writer.length - before };
}

function saveTmp(
  writer: StreamWriter,
  { name, struct }: TmpField,
  parent: DeviceState,
  save: SaveVmState,
): VmField {
  const before = writer.length;
  const inner = [save(writer, struct, { parent })];
  return { name, type: "tmp", inner, size: writer.length - before };
}

function checked({ name, isValid }: ValidateField, state: DeviceState): [] {
  if (isValid(state, Number.POSITIVE_INFINITY)) return [];
  throw new MigrationError(`the state is not valid: ${name}`);
}

function valuesOf(field: ScalarField | StructField, state: DeviceState): readonly FieldValue[] {
  const value = state[field.name];
  if (field.count === undefined) return [value];
  const count = elementCount(field, state);
  if (Array.isArray(value) && value.length === count) return value;
  throw new MigrationError(`field ${field.name} has no array of ${count}`);
}

function stateIn(name: string, value: FieldValue): DeviceState {
  if (isState(value)) return value;
  throw new MigrationError(`field ${name} has no struct`);
}

/** Whether a value is the state of a vmstate within. */
export function isState(value: FieldValue): value is DeviceState {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

function bytesOf(name: string, size: number, value: FieldValue): Uint8Array {
  if (value instanceof Uint8Array && value.length === size) return value;
  throw new MigrationError(`field ${name} has no Uint8Array of ${size} bytes`);
}
