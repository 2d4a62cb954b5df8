import type { ScalarTypeName } from "../wire/vmstate-scalar.js";
import type {
  BitmapField,
  BufferField,
  Count,
  DeviceState,
  Field,
  LengthIn,
  ListField,
  ScalarField,
  StructField,
  TmpField,
  UnusedField,
  ValidateField,
  VmStateDescription,
} from "./vmstate-description.js";

/** A field of one value. */
export function scalar(type: ScalarTypeName, name: string): ScalarField {
  return { kind: "scalar", type, name };
}

/** A field of `count` values. */
export function scalarArray(type: ScalarTypeName, name: string, count: Count): ScalarField {
  return { kind: "scalar", type, name, count };
}

/** A value that source and destination must have in common. */
export function equal(type: ScalarTypeName, name: string): ScalarField {
  return { kind: "scalar", type, name, equal: true };
}

/** A field of bytes as they are. */
export function buffer(name: string, size: Count): BufferField {
  return { kind: "buffer", name, size };
}

/** Bytes that are passed over. */
export function unused(size: number): UnusedField {
  return { kind: "unused", name: "unused", size };
}

/** A field of bits. */
export function bitmap(name: string, bits: number): BitmapField {
  return { kind: "bitmap", name, bits };
}

/** Bytes of a bitmap in the stream and in the state: whole 64-bit words. */
export function bitmapSize(bits: number): number {
  return 8 * Math.ceil(bits / 64);
}

/** A vmstate within. */
export function struct(name: string, description: VmStateDescription): StructField {
  return { kind: "struct", name, struct: description };
}

/** An array of `count` vmstates. */
export function structArray(
  name: string,
  description: VmStateDescription,
  count: Count,
): StructField {
  return { kind: "struct", name, struct: description, count };
}

/** An array of `count` pointers to vmstates, some of which may be null. */
export function pointerArray(
  name: string,
  description: VmStateDescription,
  count: Count,
): StructField {
  return { kind: "struct", name, struct: description, count, nullable: true };
}

/** A list of vmstates, however many there are. */
export function list(
  name: string,
  description: VmStateDescription,
  type: ListField["type"] = "qtailq",
): ListField {
  return { kind: "list", name, type, struct: description };
}

/** A vmstate of what is only made for the stream; the device's state is its `parent`. */
export function withTmp(description: VmStateDescription): TmpField {
  return { kind: "tmp", name: "tmp", struct: description };
}

/** Refuses a state that does not meet a condition. */
export function validate(name: string, isValid: ValidateField["isValid"]): ValidateField {
  return { kind: "validate", name, isValid };
}

/** As many as a field says that comes before, or `times` as many. */
export function lengthIn(field: string, times = 1): LengthIn {
  return { field, times };
}

/** A field that a version of the vmstate brought. */
export function since<F extends Field>(version: number, field: F): F {
  return { ...field, version };
}

/** A field that is there if a condition on what comes before it is met. */
export function when<F extends Field>(
  exists: (state: DeviceState, version: number) => boolean,
  field: F,
): F {
  return { ...field, exists };
}
