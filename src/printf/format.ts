import type { ArgumentReference, PrintfConversion, PrintfPiece, PrintfValue } from "./piece.js";

/**
 * Fills a format in as C's printf does (glibc's: `(null)` for a null string, `(nil)` for a null
 * pointer). Text is UTF-16 here and bytes there: widths and precisions count UTF-8 bytes.
 */
export function formatPrintf(
  pieces: readonly PrintfPiece[],
  values: readonly PrintfValue[],
): string {
  let text = "";
  for (const piece of pieces) {
    text += typeof piece === "string" ? piece : formatConversion(piece, values);
  }
  return text;
}

/** A conversion with `*` filled in from the arguments. */
interface Layout {
  readonly flags: string;
  readonly width: number;
  /** Below 0: none. */
  readonly precision: number;
}

function formatConversion(conversion: PrintfConversion, values: readonly PrintfValue[]): string {
  const value = values[conversion.argument] ?? null;
  const layout = resolveLayout(conversion, values);
  switch (conversion.specifier) {
    case "s":
      return formatString(value, layout);
    case "c":
      return pad(String.fromCharCode(Number(toUnsigned(value, 8))), layout);
    case "p":
      return formatPointer(value, conversion.bits, layout);
    case "d":
    case "i":
      return formatSigned(value, conversion.bits, layout);
    default:
      return formatUnsigned(toUnsigned(value, conversion.bits), conversion.specifier, layout);
  }
}

const noLayout: Layout = { flags: "", width: 0, precision: -1 };

function resolveLayout(conversion: PrintfConversion, values: readonly PrintfValue[]): Layout {
  const { flags, width, precision } = conversion;
  if (flags === undefined && width === undefined && precision === undefined) return noLayout;
  const number = (part: number | ArgumentReference | undefined, absent: number) => {
    if (part === undefined) return absent;
    if (typeof part === "number") return part;
    return Number(toSigned(values[part.argument] ?? 0, 32));
  };
  const wanted = number(width, 0);
  return {
    flags: wanted < 0 ? `${flags ?? ""}-` : (flags ?? ""),
    width: Math.abs(wanted),
    precision: number(precision, -1),
  };
}

function formatString(value: PrintfValue, layout: Layout): string {
  const { precision } = layout;
  if (value === null) {
    return pad(precision >= 0 && precision < NULL_TEXT.length ? "" : NULL_TEXT, layout);
  }
  const text = String(value);
  return pad(precision >= 0 ? cutToBytes(text, precision) : text, layout);
}

/** What glibc prints for a null string, unless the precision leaves no room for all of it. */
const NULL_TEXT = "(null)";

function formatPointer(value: PrintfValue, bits: number, layout: Layout): string {
  const address = toUnsigned(value, bits);
  if (Number(address) === 0) return pad("(nil)", layout);
  return formatUnsigned(address, "x", { ...layout, flags: `#${layout.flags}` });
}

function formatSigned(value: PrintfValue, bits: number, layout: Layout): string {
  const number = toSigned(value, bits);
  const negative = number < 0;
  const sign = negative
    ? "-"
    : layout.flags.includes("+")
      ? "+"
      : layout.flags.includes(" ")
        ? " "
        : "";
  return formatDigits(String(negative ? -number : number), sign, layout);
}

function formatUnsigned(value: number | bigint, specifier: string, layout: Layout): string {
  const zero = Number(value) === 0;
  const alternative = layout.flags.includes("#");
  switch (specifier) {
    case "x":
      return formatDigits(value.toString(16), alternative && !zero ? "0x" : "", layout);
    case "X":
      return formatDigits(
        value.toString(16).toUpperCase(),
        alternative && !zero ? "0X" : "",
        layout,
      );
    case "o":
      return formatOctal(value.toString(8), alternative, layout);
    default:
      return formatDigits(value.toString(), "", layout);
  }
}

/** `#` makes an octal number begin with a zero, by its precision if that is too small. */
function formatOctal(digits: string, alternative: boolean, layout: Layout): string {
  if (!alternative) return formatDigits(digits, "", layout);
  if (digits === "0")
    return formatDigits(digits, "", { ...layout, precision: layout.precision || 1 });
  return formatDigits(layout.precision > digits.length ? digits : `0${digits}`, "", layout);
}

function formatDigits(digits: string, prefix: string, layout: Layout): string {
  if (layout === noLayout) return prefix + digits;
  const { flags, width, precision } = layout;
  if (precision >= 0) {
    const least = precision === 0 && digits === "0" ? "" : digits.padStart(precision, "0");
    return pad(prefix + least, layout);
  }
  if (flags.includes("0") && !flags.includes("-")) {
    return prefix + digits.padStart(width - prefix.length, "0");
  }
  return pad(prefix + digits, layout);
}

function pad(text: string, { flags, width }: Layout): string {
  if (width === 0) return text;
  const missing = width - byteLength(text);
  if (missing <= 0) return text;
  return flags.includes("-") ? text + " ".repeat(missing) : " ".repeat(missing) + text;
}

function toUnsigned(value: PrintfValue, bits: number): number | bigint {
  if (bits < 64) {
    const low = typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : Number(value) >>> 0;
    return bits === 32 ? low : low & ((1 << bits) - 1);
  }
  if (typeof value === "number" && value >= 0) return value;
  return BigInt.asUintN(64, typeof value === "bigint" ? value : BigInt(Number(value)));
}

function toSigned(value: PrintfValue, bits: number): number | bigint {
  if (bits < 64) {
    const low = typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : Number(value) | 0;
    return bits === 32 ? low : (low << (32 - bits)) >> (32 - bits);
  }
  if (typeof value === "bigint") return BigInt.asIntN(64, value);
  return Number(value);
}

const nonAscii = /[^\0-\x7f]/;

function byteLength(text: string): number {
  return nonAscii.test(text) ? new TextEncoder().encode(text).length : text.length;
}

function cutToBytes(text: string, bytes: number): string {
  if (!nonAscii.test(text)) return text.slice(0, bytes);
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes));
}
