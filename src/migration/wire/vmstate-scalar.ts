import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";

/** A value of a vmstate field: 64-bit integers are bigint, a timer that is not set is undefined. */
export type ScalarValue = number | bigint | boolean | undefined;

/** How a type of vmstate fields stands in the stream. */
export interface ScalarType<V extends ScalarValue = ScalarValue> {
  /** Bytes in the stream. */
  readonly size: number;
  /** Takes a value from bytes that are known to be there. */
  take(window: ByteWindow): V;
  /** Writes a value; throws `TypeError` if it is of another kind. */
  write(writer: ByteWriter, value: ScalarValue): void;
}

/** The names of the types, as the VMDESCRIPTION has them. */
export type ScalarTypeName =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "int32 le"
  | "float64"
  | "timer";

/** What a timer that is not set is written as (QEMU migration/vmstate-types.c: put_timer). */
const TIMER_NOT_SET = 0xffff_ffff_ffff_ffffn;

const scratch = new DataView(new ArrayBuffer(8));

/** The types of one value, by name (QEMU migration/vmstate-types.c). */
export const SCALAR_TYPES: Readonly<Record<ScalarTypeName, ScalarType>> = {
  bool: {
    size: 1,
    take: (window) => window.u8() !== 0,
    write: (writer, value) => writer.u8(boolean(value) ? 1 : 0),
  },
  int8: {
    size: 1,
    take: (window) => (window.u8() << 24) >> 24,
    write: (writer, value) => writer.u8(number(value)),
  },
  int16: {
    size: 2,
    take: (window) => (window.u16() << 16) >> 16,
    write: (writer, value) => writer.u16(number(value)),
  },
  int32: {
    size: 4,
    take: (window) => window.u32() | 0,
    write: (writer, value) => writer.u32(number(value)),
  },
  int64: {
    size: 8,
    take: (window) => window.i64(),
    write: (writer, value) => writer.u64(bigint(value)),
  },
  uint8: {
    size: 1,
    take: (window) => window.u8(),
    write: (writer, value) => writer.u8(number(value)),
  },
  uint16: {
    size: 2,
    take: (window) => window.u16(),
    write: (writer, value) => writer.u16(number(value)),
  },
  uint32: {
    size: 4,
    take: (window) => window.u32(),
    write: (writer, value) => writer.u32(number(value)),
  },
  uint64: {
    size: 8,
    take: (window) => window.u64(),
    write: (writer, value) => writer.u64(bigint(value)),
  },
  "int32 le": {
    size: 4,
    take: (window) => swapped(window.u32()) | 0,
    write: (writer, value) => writer.u32(swapped(number(value))),
  },
  float64: {
    size: 8,
    take: (window) => {
      scratch.setBigUint64(0, window.u64());
      return scratch.getFloat64(0);
    },
    write: (writer, value) => {
      scratch.setFloat64(0, number(value));
      writer.u64(scratch.getBigUint64(0));
    },
  },
  timer: {
    size: 8,
    take: (window) => {
      const nanoseconds = window.u64();
      return nanoseconds === TIMER_NOT_SET ? undefined : nanoseconds;
    },
    write: (writer, value) => writer.u64(value === undefined ? TIMER_NOT_SET : bigint(value)),
  },
};

function swapped(value: number): number {
  scratch.setUint32(0, value);
  return scratch.getUint32(0, true);
}

function boolean(value: ScalarValue): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${String(value)} is no boolean`);
}

function number(value: ScalarValue): number {
  if (typeof value === "number") return value;
  throw new TypeError(`${String(value)} is no number`);
}

function bigint(value: ScalarValue): bigint {
  if (typeof value === "bigint") return value;
  throw new TypeError(`${String(value)} is no bigint`);
}
