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
  const isString = conversion.specifier === "s";
  const reading = isString ? readString(conversion, text) : readNumber(conversion, text);
  if (reading === undefined) return undefined;
  if (isString !== (argument.wire === "string")) return { value: null, certain: false };
  if (typeof reading === "object") return reading;
  const typed = typeNumber(reading, conversion, argument);
  if (!typed || isPlain(conversion) || hasStar(conversion)) return typed;
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
  if (hasStar(conversion)) return stringReading(text, false);
  const { flags = "", width, precision } = conversion;
  const content = width === undefined ? text : withoutPadding(text, flags.includes("-"));
  const printed = formatPrintf([{ ...conversion, argument: 0 }], [content]);
  if (printed !== text) return undefined;
  const whole = precision === undefined || encodeUtf8(content).length < (precision as number);
  return stringReading(content, whole && content === text);
}

/** Without the spaces at the end, or at the start, that fill a field; other whitespace is content. */
function withoutPadding(text: string, atEnd: boolean): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[atEnd ? end - 1 : start] === " ") {
    if (atEnd) end -= 1;
    else start += 1;
  }
  return text.slice(start, end);
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
): number | bigint | undefined {
  if (specifier === "c") {
    // A space may be printed among spaces. A byte from 0x80 on is not a character in UTF-8.
    const content =
      rest.width === undefined ? text : withoutPadding(withoutPadding(text, true), false) || " ";
    return /^[\0-\x7f]$/.test(content) ? content.charCodeAt(0) : undefined;
  }
  if (specifier === "p") {
    const content = text.trim();
    if (content === "(nil)") return 0n;
    return /^0x[1-9a-f][0-9a-f]{0,15}$/.test(content) ? BigInt(content) : undefined;
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
  return sign === "-" ? -size : size;
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
