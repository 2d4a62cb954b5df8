import { encodeUtf8 } from "../../bytes/utf8.js";
import type { ArgumentModel } from "../../model/event-model.js";
import { formatPrintf } from "../../printf/format.js";
import type { PrintfConversion, PrintfValue } from "../../printf/piece.js";

/** The value that a conversion has printed. */
export interface ConversionReading {
  readonly value: PrintfValue;
  /** False where other values print the same. */
  readonly certain: boolean;
}

/**
 * What value printed `text`: printf turned round. Undefined where no value of the argument's type
 * prints it.
 */
export function readConversion(
  conversion: PrintfConversion,
  argument: ArgumentModel,
  text: string,
): ConversionReading | undefined {
  const reading =
    conversion.specifier === "s" ? readString(conversion, text) : readNumber(conversion, text);
  if (!reading) return undefined;
  const isString = typeof reading.value === "string" || reading.value === null;
  if (isString !== (argument.wire === "string")) return { value: null, certain: false };
  if (isString) return reading;
  const typed = typeNumber(reading.value as number | bigint, conversion, argument);
  if (!typed || isPlain(conversion)) return typed;
  if (hasStar(conversion)) return typed;
  const printed = formatPrintf([{ ...conversion, argument: 0 }], [typed.value]);
  return printed === text ? typed : undefined;
}

/** True without flags, width and precision: what is printed is the number alone. */
function isPlain({ flags, width, precision }: PrintfConversion): boolean {
  return flags === undefined && width === undefined && precision === undefined;
}

function hasStar({ width, precision }: PrintfConversion): boolean {
  return typeof width === "object" || typeof precision === "object";
}

const NULL_TEXT = "(null)";

function readString(conversion: PrintfConversion, text: string): ConversionReading | undefined {
  if (isPlain(conversion)) return stringReading(text, true);
  const { flags = "", width, precision } = conversion;
  if (typeof width === "object" || typeof precision === "object") return stringReading(text, false);
  const content =
    width === undefined ? text : flags.includes("-") ? text.trimEnd() : text.trimStart();
  const printed = formatPrintf([{ ...conversion, argument: 0 }], [content]);
  if (printed !== text) return undefined;
  const whole = precision === undefined || encodeUtf8(content).length < precision;
  return stringReading(content, whole && content === text);
}

function stringReading(text: string, certain: boolean): ConversionReading {
  return text === NULL_TEXT ? { value: null, certain: false } : { value: text, certain };
}

const patterns: Readonly<Record<string, RegExp>> = {
  d: /^ *([-+ ]?)(\d+) *$/,
  u: /^ *()(\d+) *$/,
  x: /^ *()(?:0x)?([0-9a-f]+) *$/,
  X: /^ *()(?:0X)?([0-9A-F]+) *$/,
  o: /^ *()([0-7]+) *$/,
};
const radixPrefix: Readonly<Record<string, string>> = { x: "0x", X: "0x", o: "0o" };

/** The number as it is printed: signed for `d`, else of the conversion's bits. */
function readNumber(
  { specifier, bits, ...rest }: PrintfConversion,
  text: string,
): ConversionReading | undefined {
  if (specifier === "c") {
    const content = rest.width === undefined ? text : text.trim();
    const code = content.charCodeAt(0);
    return content.length === 1 ? { value: code, certain: code < 0x80 } : undefined;
  }
  if (specifier === "p") {
    const content = text.trim();
    if (content === "(nil)") return { value: 0n, certain: true };
    return /^0x[1-9a-f][0-9a-f]{0,15}$/.test(content)
      ? { value: BigInt(content), certain: true }
      : undefined;
  }
  const letter = specifier === "i" ? "d" : specifier;
  const [, sign, digits] = patterns[letter]?.exec(text) ?? [];
  if (digits === undefined || digits.length > 64) return undefined;
  const canonical = digits.length === 1 || digits[0] !== "0";
  if (!canonical && isPlain({ specifier, bits, ...rest })) return undefined;
  const size =
    digits.length <= 9 && letter !== "x" && letter !== "X" && letter !== "o"
      ? Number(digits)
      : BigInt((radixPrefix[letter] ?? "") + digits);
  return { value: sign === "-" ? -size : size, certain: true };
}

/** The printed number as a value of the argument's type, if it is one of that type. */
function typeNumber(
  printed: number | bigint,
  { specifier, bits }: PrintfConversion,
  { type }: ArgumentModel,
): ConversionReading | undefined {
  const wide = BigInt(printed);
  const signed = specifier === "d" || specifier === "i";
  const shown = specifier === "c" ? 8 : bits;
  const wrap = (value: bigint) =>
    signed ? BigInt.asIntN(shown, value) : BigInt.asUintN(shown, value);
  if (wrap(wide) !== wide) return undefined;
  if (type.kind === "bool") {
    return wide === 0n || wide === 1n ? { value: wide === 1n, certain: true } : undefined;
  }
  if (type.kind !== "integer") {
    return { value: BigInt.asUintN(64, wide), certain: shown >= 64 };
  }
  const value = type.signed ? BigInt.asIntN(type.bits, wide) : BigInt.asUintN(type.bits, wide);
  if (wrap(value) !== wide) return undefined;
  return { value: type.bits === 64 ? value : Number(value), certain: type.bits <= shown };
}
