import type { ScalarTypeName } from "../wire/vmstate-scalar.js";
import type {
  BitmapField,
  BufferField,
  Field,
  ScalarField,
  StructField,
  UnusedField,
  VmStateDescription,
} from "./vmstate-description.js";

/** A field of one value. */
export function scalar(type: ScalarTypeName, name: string): ScalarField {
  return { kind: "scalar", type, name };
}

/** A field of `count` values. */
export function scalarArray(type: ScalarTypeName, name: string, count: number): ScalarField {
  return { kind: "scalar", type, name, count };
}

/** A value that source and destination must have in common. */
export function equal(type: ScalarTypeName, name: string): ScalarField {
  return { kind: "scalar", type, name, equal: true };
}

/** A field of bytes as they are. */
export function buffer(name: string, size: number): BufferField {
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
  count: number,
): StructField {
  return { kind: "struct", name, struct: description, count };
}

/** A field that a version of the vmstate brought. */
export function since<F extends Field>(version: number, field: F): F {
  return { ...field, version };
}
