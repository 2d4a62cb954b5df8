import type { ArgumentReference, PrintfConversion, PrintfPiece, PrintfValue } from "./piece.js";

/**
 * Fills a format in as C's printf does (glibc's: `(null)` for a null string, `(nil)` for a null
 * pointer). Text is UTF-16 here and bytes there: widths and precisions count UTF-8 bytes, and what is
 * no UTF-8, such as a character that a precision cuts, is U+FFFD, as readers of such a log see it.
 *
 * A text where another conversion than `%s` stands is printed as it is: a trace holds a string's
 * characters, not its address.
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
  switch (typeof value === "string" ? "s" : conversion.specifier) {
    case "s":
      return formatString(value, layout);
    case "c":
      return formatCharacter(Number(toUnsigned(value, 8)), layout);
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
    width: Math.min(Math.abs(wanted), WIDTH_LIMIT),
    precision: Math.min(number(precision, -1), WIDTH_LIMIT),
  };
}

/** A width may be taken from a damaged trace: no gigabytes of blanks for it. */
const WIDTH_LIMIT = 65536;

function formatString(value: PrintfValue, layout: Layout): string {
  const { precision } = layout;
  if (value === null) {
    return pad(precision >= 0 && precision < NULL_TEXT.length ? "" : NULL_TEXT, layout);
  }
  const text = String(value);
  if (precision < 0) return pad(text, layout);
  if (!nonAscii.test(text)) return pad(text.slice(0, precision), layout);
  const bytes = encoder.encode(text).subarray(0, precision);
  return pad(decoder.decode(bytes), layout, bytes.length);
}

function formatCharacter(byte: number, layout: Layout): string {
  return pad(byte < 0x80 ? String.fromCharCode(byte) : "\ufffd", layout, 1);
}

/** What glibc prints for a null string, unless the precision leaves no room for all of it. */
const NULL_TEXT = "(null)";

function formatPointer(value: PrintfValue, bits: number, layout: Layout): string {
  const address = toUnsigned(value, bits);
  if (Number(address) === 0) return pad("(nil)", layout);
  return formatDigits(address.toString(16), `${plusSign(layout)}0x`, layout);
}

function formatSigned(value: PrintfValue, bits: number, layout: Layout): string {
  const number = toSigned(value, bits);
  if (number < 0) return formatDigits(String(-number), "-", layout);
  return formatDigits(String(number), plusSign(layout), layout);
}

/** What stands before a number that is not negative; glibc has it before addresses too. */
function plusSign({ flags }: Layout): string {
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
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

/** `bytes` is how much of the width the text takes up. */
function pad(text: string, { flags, width }: Layout, bytes?: number): string {
  if (width === 0) return text;
  const missing = width - (bytes ?? byteLength(text));
  if (missing <= 0) return text;
  return flags.includes("-") ? text + " ".repeat(missing) : " ".repeat(missing) + text;
}

function toUnsigned(value: PrintfValue, bits: number): number | bigint {
  if (bits < 64) {
    const low = typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : Number(value) >>> 0;
    return bits === 32 ? low : low & ((1 << bits) - 1);
  }
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  return BigInt.asUintN(64, toBigInt(value));
}

function toSigned(value: PrintfValue, bits: number): number | bigint {
  if (bits < 64) {
    const low = typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : Number(value) | 0;
    return bits === 32 ? low : (low << (32 - bits)) >> (32 - bits);
  }
  if (Number.isSafeInteger(value)) return value as number;
  return BigInt.asIntN(64, toBigInt(value));
}

/** Without a fraction; what is no number at all is 0. */
function toBigInt(value: PrintfValue): bigint {
  if (typeof value === "bigint") return value;
  const number = Number(value);
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}

const nonAscii = /[^\0-\x7f]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function byteLength(text: string): number {
  return nonAscii.test(text) ? encoder.encode(text).length : text.length;
}
