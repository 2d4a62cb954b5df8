import type { ScalarTypeName, ScalarValue } from "../wire/vmstate-scalar.js";

/** The value of a field in a device's state; null for a pointer that leads nowhere. */
export type FieldValue = ScalarValue | Uint8Array | null | FieldValue[] | DeviceState;

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

/** A number that a field of the same vmstate holds, which comes before, `times` as many if told. */
export interface LengthIn {
  readonly field: string;
  readonly times?: number;
}

/** How many elements or bytes: always as many, or as many as a field says (QEMU: VMS_VARRAY_*). */
export type Count = number | LengthIn;

/** One value or, with `count`, an array of them; with `equal`, loading refuses another value. */
export interface ScalarField extends FieldBase {
  readonly kind: "scalar";
  readonly type: ScalarTypeName;
  readonly count?: Count;
  readonly equal?: boolean;
}

/** Bytes as they are. */
export interface BufferField extends FieldBase {
  readonly kind: "buffer";
  readonly size: Count;
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

/**
 * A vmstate within, or with `count` an array of them. If they are `nullable`, each is null in the
 * destination's state, too, where it is at the source (QEMU: VMS_ARRAY_OF_POINTER).
 */
export interface StructField extends FieldBase {
  readonly kind: "struct";
  readonly struct: VmStateDescription;
  readonly count?: Count;
  readonly nullable?: boolean;
}

/** An array of vmstates of which the stream itself tells where it ends, by QEMU's two kinds of lists. */
export interface ListField extends FieldBase {
  readonly kind: "list";
  readonly type: "qtailq" | "qlist";
  readonly struct: VmStateDescription;
}

/**
 * A vmstate of a state made for the while, which finds the device's under `parent`: its `preSave`
 * takes from there, its `postLoad` puts back (QEMU: VMSTATE_WITH_TMP).
 */
export interface TmpField extends FieldBase {
  readonly kind: "tmp";
  readonly struct: VmStateDescription;
}

/** No bytes, but a condition on what was loaded before (QEMU: VMSTATE_VALIDATE). */
export interface ValidateField extends FieldBase {
  readonly kind: "validate";
  readonly isValid: (state: DeviceState, version: number) => boolean;
}

/** A field of a vmstate. */
export type Field =
  | ScalarField
  | BufferField
  | UnusedField
  | BitmapField
  | StructField
  | ListField
  | TmpField
  | ValidateField;

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
  /** Called when fields and subsections are saved, or could not be. */
  readonly postSave?: (state: DeviceState) => void;
  /** Called before the fields are loaded. */
  readonly preLoad?: (state: DeviceState) => void;
  /** Called when fields and subsections are loaded. What it throws fails the load. */
  readonly postLoad?: (state: DeviceState, version: number) => void;
}
