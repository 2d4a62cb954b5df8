/** An integer, unsigned or in two's complement; those of 64 bits are bigint. */
export interface IntegerValue {
  readonly kind: "integer";
  readonly value: number | bigint;
  readonly signed: boolean;
}

/** What a field of a device's state holds. */
export type StateValue =
  | IntegerValue
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "float"; readonly value: number }
  /** Nanoseconds of the timer's clock at which it fires; `undefined` if it is not set. */
  | { readonly kind: "timer"; readonly value: bigint | undefined }
  /** A pointer that is NULL. */
  | { readonly kind: "null" }
  | { readonly kind: "text"; readonly value: string }
  /** A vmstate within, or the elements of a list. */
  | { readonly kind: "struct"; readonly value: StateNode }
  | {
      readonly kind: "list";
      readonly elements: readonly StateNode[];
      /** Of a tree, the key of each element: a vmstate, or an integer. */
      readonly keys?: readonly (StateNode | bigint)[];
    }
  /** Bytes of a type that is not known any better. */
  | { readonly kind: "bytes" };

/** A field of a device's state, of an array one of its elements. */
export interface StateField {
  readonly name: string;
  /** QEMU's name of the type. */
  readonly type: string;
  /** Which element of an array it is. */
  readonly index?: number;
  /** Absolute offset of its bytes in the stream. */
  readonly offset: number;
  /** How many bytes it has in the stream, all that is nested included. */
  readonly size: number;
  /** These bytes; left out of structs, booleans and big-endian integers, whose values tell them. */
  readonly bytes?: Uint8Array;
  readonly value: StateValue;
}

/** A vmstate with its values: the fields, then the subsections that were sent. */
export interface StateNode {
  readonly vmsdName: string;
  readonly version: number;
  /** Absolute offset of the first field, in the stream. */
  readonly offset: number;
  /** Bytes of fields and subsections; of a subsection without its head. */
  readonly size: number;
  readonly fields: readonly StateField[];
  readonly subsections: readonly StateNode[];
}
