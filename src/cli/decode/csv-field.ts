import { decodeUtf8 } from "../../bytes/utf8.js";
import type { PrintfValue } from "../../printf/piece.js";
import type { ByteOutput } from "../../traces/print/byte-output.js";

/** What spreadsheets take for a formula by its first character, as OWASP lists it. */
const formula = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const negative = /^-\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/**
 * A value as a field of comma-separated values (RFC 4180): null is an empty field. `safe` puts a `'`
 * before a text that a spreadsheet would run as a formula; negative numbers stay as they are.
 */
export function csvField(value: PrintfValue, safe = false): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  if (safe && formula.test(value) && !negative.test(value)) return csvField(`'${value}`);
  // An empty text is quoted, so that it can be told from none.
  return value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

const QUOTE = 0x22;
/** By byte: what a field with it in it needs. */
const needs = new Uint8Array(256);
const QUOTES = 1;
const DOUBLING = 2;
const CHECKING = 4;
for (const character of ",\r\n") needs[character.charCodeAt(0)] = QUOTES;
needs[QUOTE] = QUOTES | DOUBLING;
needs.fill(CHECKING, 0x80);
/** By byte: whether it is the first of a formula; those beyond ASCII are checked anyway. */
const startsFormula = new Uint8Array(256);
for (const character of "=+-@\t\r\n") startsFormula[character.charCodeAt(0)] = 1;

/** Makes a field of the text that was printed from `from` on, as `csvField` does. */
export function closeField(output: ByteOutput, from: number, safe = false): void {
  const { bytes, length } = output;
  let needed = length === from ? QUOTES : 0;
  for (let at = from; at < length; at++) needed |= needs[bytes[at]!]!;
  const mayBeFormula = safe && length > from && startsFormula[bytes[from]!] === 1;
  if (needed === 0 && !mayBeFormula) return;
  if (mayBeFormula || (needed & (CHECKING | DOUBLING)) !== 0) {
    // What is no UTF-8 becomes U+FFFD.
    const text = decodeUtf8(bytes.subarray(from, length));
    output.length = from;
    output.text(csvField(text, safe));
    return;
  }
  output.reserve(2);
  output.bytes.copyWithin(from + 1, from, length);
  output.bytes[from] = QUOTE;
  output.bytes[length + 1] = QUOTE;
  output.length = length + 2;
}
