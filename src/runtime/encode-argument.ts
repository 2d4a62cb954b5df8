import type { ArgumentKind, ArgumentValue } from "./trace-event.js";
import { wrapNumber } from "./wrap-value.js";

/** A string is cut to so many bytes (QEMU trace/simple.h, MAX_TRACE_STRLEN). */
export const STRING_LIMIT = 512;

const TWO_POW_32 = 0x1_0000_0000;
/** From here on `encodeInto` is quicker than a loop over the characters. */
const LOOP_LIMIT = 32;

const encoder = new TextEncoder();
/** Room for what lies behind the cut: one character more. */
const scratch = new Uint8Array(STRING_LIMIT + 4);

/** Bytes that are written to, and the same as a view. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * Writes an argument at `at` as simpletrace has it, wrapped to its kind as C does, and gives where it
 * ends. The caller has seen to it that there is room.
 */
export function encodeArgument(
  target: Target,
  at: number,
  kind: ArgumentKind,
  value: ArgumentValue,
): number {
  switch (kind) {
    case "string":
      return encodeString(target, at, value);
    case "u64":
    case "i64":
    case "pointer":
      return encode64(target.view, at, value);
    case "bool":
      return encodeHalves(target.view, at, value ? 1 : 0, 0);
    default:
      return encodeNumber(target.view, at, wrapNumber(kind, value));
  }
}

/** 64 bits, in two halves: so nothing is made of a number but its bytes. */
export function encodeHalves(view: DataView, at: number, low: number, high: number): number {
  view.setUint32(at, low, true);
  view.setUint32(at + 4, high, true);
  return at + 8;
}

/** A number of 33 bits at most with its sign. */
function encodeNumber(view: DataView, at: number, value: number): number {
  return encodeHalves(view, at, value, value < 0 ? -1 : 0);
}

/** 64 bits of an integer; a fraction is cut off, and what is no number is 0. */
function encode64(view: DataView, at: number, value: ArgumentValue): number {
  if (typeof value === "number") {
    const whole = Math.trunc(value);
    const low = whole >>> 0;
    return encodeHalves(view, at, low, (whole - low) / TWO_POW_32);
  }
  if (typeof value !== "bigint") return encodeHalves(view, at, value === true ? 1 : 0, 0);
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  return at + 8;
}

function encodeString(target: Target, at: number, value: ArgumentValue): number {
  if (value === null) return encodeLength(target.view, at, 0);
  const text = typeof value === "string" ? value : String(value);
  const length = text.length > LOOP_LIMIT ? -1 : encodeAscii(target.bytes, at + 4, text);
  return encodeLength(
    target.view,
    at,
    length < 0 ? encodeUtf8(target.bytes, at + 4, text) : length,
  );
}

function encodeLength(view: DataView, at: number, length: number): number {
  view.setUint32(at, length, true);
  return at + 4 + length;
}

/** Writes ASCII and gives its length, -1 for any other text. */
function encodeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return -1;
    bytes[at + index] = code;
  }
  return text.length;
}

/** QEMU cuts bytes, not characters: the last one may be in pieces. */
function encodeUtf8(bytes: Uint8Array, at: number, text: string): number {
  const { written } = encoder.encodeInto(text, scratch);
  const length = Math.min(written, STRING_LIMIT);
  bytes.set(scratch.subarray(0, length), at);
  return length;
}
