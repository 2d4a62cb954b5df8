import type { ByteWindow } from "../../bytes/byte-window.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import { type DecodeState, decodeList } from "./decode-list.js";
import type { StateValue } from "./state-value.js";
import type { VmField } from "./vm-description.js";
import { vmStateSize } from "./vmstate-by-description.js";
import { SCALAR_TYPES, type ScalarTypeName, type ScalarValue } from "./vmstate-scalar.js";

/** What stands for a pointer that is NULL (QEMU migration/vmstate-types.c: VMS_NULLPTR_MARKER). */
const NULL_MARKER = 0x30;

/**
 * Types that devices have for themselves, but that hold a plain value (QEMU target/arm/machine.c:
 * vmstate_cpsr, vmstate_fpscr, vmstate_powered_off).
 */
const KNOWN_AS: Readonly<Record<string, ScalarTypeName>> = {
  cpsr: "uint32",
  fpscr: "uint32",
  powered_off: "bool",
};

/** Takes a plain value from a window. */
type TakeScalar = (window: ByteWindow) => StateValue;

const scalars = new Map<string, { readonly size: number; readonly take: TakeScalar }>();

/** How a plain value of that type is taken; `undefined` for other types, and for another size. */
export function scalarTaker({ type, size }: VmField): TakeScalar | undefined {
  const scalar = scalars.get(type) ?? makeScalar(type);
  // Only the types that are known are kept, however many a description names.
  if (scalar) scalars.set(type, scalar);
  return scalar?.size === size ? scalar.take : undefined;
}

function makeScalar(type: string): { size: number; take: TakeScalar } | undefined {
  const name = scalarName(type);
  if (name === undefined) return undefined;
  const { size, take } = SCALAR_TYPES[name];
  return { size, take: (window) => scalarValue(name, take(window)) };
}

/**
 * The value of one element of a field that is no struct and no plain value; types that are not known
 * stay bytes. `decode` is for the vmstates within.
 */
export function decodeFieldValue(
  field: VmField,
  bytes: Uint8Array,
  offset: number,
  decode: DecodeState,
): StateValue {
  switch (field.type) {
    case "nullptr":
      return bytes.length === 1 && bytes[0] === NULL_MARKER ? { kind: "null" } : { kind: "bytes" };
    case "capability":
      return bytes[0] === bytes.length - 1
        ? { kind: "text", value: decodeUtf8(bytes.subarray(1)) }
        : { kind: "bytes" };
    case "tmp":
      return decodeInner(field, bytes, offset, decode);
    case "qtailq":
    case "qlist":
    case "gtree":
      return decodeList(field, bytes, offset, decode);
    default:
      return { kind: "bytes" };
  }
}

/** A field of a type that ends in ` equal` is compared at the destination; it is stored alike. */
function scalarName(type: string): ScalarTypeName | undefined {
  const plain = type.endsWith(" equal") ? type.slice(0, -" equal".length) : type;
  if (Object.hasOwn(SCALAR_TYPES, plain)) return plain as ScalarTypeName;
  return Object.hasOwn(KNOWN_AS, plain) ? KNOWN_AS[plain] : undefined;
}

function scalarValue(name: ScalarTypeName, value: ScalarValue): StateValue {
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (name === "timer") return { kind: "timer", value: value as bigint | undefined };
  if (name === "float64") return { kind: "float", value: value as number };
  return { kind: "integer", value: value as number | bigint, signed: name.startsWith("int") };
}

/** A vmstate of its own between two forms of a value (QEMU migration/vmstate-types.c: put_tmp). */
function decodeInner(
  { inner: [state] = [] }: VmField,
  bytes: Uint8Array,
  offset: number,
  decode: DecodeState,
): StateValue {
  if (!state || vmStateSize(state) !== bytes.length) return { kind: "bytes" };
  return { kind: "struct", value: decode(bytes, state, offset) };
}
