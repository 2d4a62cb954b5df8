import { escapeCharacter } from "../without-controls.js";

/**
 * Whatever a generated module takes from its input passes one of these functions: a file's name, or a
 * model that a caller made, is text by anyone.
 */

/** Ends of lines, what else is not printed, halves of pairs, and what turns text around. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text inside a comment: it neither ends the comment nor its line. */
export function commentText(text: string): string {
  return text.replace(unprintable, escapeCharacter).replaceAll("*/", "*\\/");
}

/** A string literal; in single quotes where that spares escapes, as formatters have it. */
export function stringLiteral(text: string): string {
  const literal = JSON.stringify(text).replace(unprintable, escapeCodeUnit);
  if (!text.includes('"') || text.includes("'")) return literal;
  return `'${literal.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** A name in code. Throws `TypeError` for what cannot be one. */
export function identifier(name: string): string {
  if (/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name)) return name;
  throw new TypeError(`no tracer can have the name ${JSON.stringify(name)} in it`);
}

/** A whole number in code. Throws `TypeError` for anything else. */
export function wholeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  throw new TypeError(`no tracer can have the number ${JSON.stringify(value)} in it`);
}

/** All that is unprintable is one code unit. */
function escapeCodeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
