import type { ScalarTypeName, ScalarValue } from "../wire/vmstate-scalar.js";

/** The value of a field in a device's state. */
export type FieldValue = ScalarValue | Uint8Array | FieldValue[] | DeviceState;

/** The state of a device, by the names of its fields; loading changes it in place. */
export interface DeviceState {
  [field: string]: FieldValue;
}

/** What fields of every kind have. */
interface FieldBase {
  /** The key in the device's state, and the name in VMDESCRIPTION. */
  readonly name: string;
  /** The version of the vmstate that brought the field; 0 if it was always there. */
  readonly version?: number;
  /** Whether the field is there at all, instead of `version`. */
  readonly exists?: (state: DeviceState, version: number) => boolean;
}

/** One value or, with `count`, an array of them; with `equal`, loading refuses another value. */
export interface ScalarField extends FieldBase {
  readonly kind: "scalar";
  readonly type: ScalarTypeName;
  readonly count?: number;
  readonly equal?: boolean;
}

/** Bytes as they are. */
export interface BufferField extends FieldBase {
  readonly kind: "buffer";
  readonly size: number;
  /** What VMDESCRIPTION calls it; `buffer` if left out. */
  readonly type?: string;
}

/** Bytes that mean nothing (any more); zeros are written. */
export interface UnusedField extends FieldBase {
  readonly kind: "unused";
  readonly size: number;
}

/** Bits in a Uint8Array, the first one lowest in the first byte; in the stream as 64-bit words. */
export interface BitmapField extends FieldBase {
  readonly kind: "bitmap";
  readonly bits: number;
}

/** A vmstate within, or with `count` an array of them. */
export interface StructField extends FieldBase {
  readonly kind: "struct";
  readonly struct: VmStateDescription;
  readonly count?: number;
}

/** A field of a vmstate. */
export type Field = ScalarField | BufferField | UnusedField | BitmapField | StructField;

/** What is sent behind the fields, if `needed` says so at the source. Its name: `parent/part`. */
export interface Subsection extends VmStateDescription {
  readonly needed: (state: DeviceState) => boolean;
}

/**
 * How a device's state is saved and loaded, and described (QEMU include/migration/vmstate.h:
 * VMStateDescription).
 */
export interface VmStateDescription {
  readonly name: string;
  readonly version: number;
  /** The oldest version that can be loaded; `version` if left out. */
  readonly minimumVersion?: number;
  readonly fields: readonly Field[];
  readonly subsections?: readonly Subsection[];
  /** Called before the fields are saved. What it throws fails the migration. */
  readonly preSave?: (state: DeviceState) => void;
  /** Called before the fields are loaded. */
  readonly preLoad?: (state: DeviceState) => void;
  /** Called when fields and subsections are loaded. What it throws fails the load. */
  readonly postLoad?: (state: DeviceState, version: number) => void;
}
