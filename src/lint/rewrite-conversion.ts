import type { ConversionPiece } from "../../grammar/format-string.js";
import type { Span } from "../../grammar/source.js";
import type { Fix } from "../diagnostics/catalogue.js";
import type { CType } from "../model/c-type.js";

const macro = /PRI([diouxX])(?:8|16|32|64|PTR|MAX)$/;

/** The conversion as hexadecimal, without the flags of decimal ones: `%+d` → `%x`, `PRId64` → `PRIx64`. */
export function asHexadecimal(text: string, { span }: ConversionPiece): Fix {
  const written = text.slice(span.start, span.end);
  const letter = (macro.exec(written)?.index ?? written.length - 4) + 3;
  const before = written.slice(0, letter);
  const kept = before.replace(/^%[-+ #0']*/, (flags) => flags.replaceAll(/[+ ']/g, ""));
  const start = kept === before ? span.start + letter : span.start;
  const end = span.start + letter + 1;
  return { span: { start, end }, replacement: kept === before ? "x" : `${kept}x` };
}

/**
 * The conversion with the length that an argument's type wants, its letter, flags, width and
 * precision kept: `%lx` of a `uint64_t` → `%" PRIx64`, `%lu` of a `size_t` → `%zu`. None where the
 * type has no length of its own, or the conversion is no integer's.
 */
export function withLengthOf(
  text: string,
  { span, length, specifier }: ConversionPiece,
  type: CType,
): Fix | undefined {
  const wanted = lengthOf(type);
  if (wanted === undefined || !"diouxX".includes(specifier)) return undefined;
  const written = text.slice(span.start, span.end);
  const inMacro = macro.exec(written);
  if (inMacro) {
    if (!wanted.startsWith("PRI")) return intoString(text, span, wanted + specifier);
    const start = span.start + inMacro.index;
    return { span: { start, end: span.end }, replacement: macroOf(wanted, specifier) };
  }
  const start = span.end - specifier.length - length.length;
  if (text.slice(start, span.end) !== length + specifier) return undefined;
  if (!wanted.startsWith("PRI")) {
    return { span: { start, end: span.end }, replacement: wanted + specifier };
  }
  const quoted = `" ${macroOf(wanted, specifier)}`;
  if (text[span.end] !== '"') {
    return { span: { start, end: span.end }, replacement: `${quoted} "` };
  }
  // A macro may follow the closing quote at once.
  const parted = /\w/.test(text[span.end + 1] ?? "") ? `${quoted} ` : quoted;
  return { span: { start, end: span.end + 1 }, replacement: parted };
}

/** `%04" PRIx16` → `%04x"`, joined with the string behind if there is one. */
function intoString(text: string, { start, end }: Span, replacement: string): Fix | undefined {
  const quote = /^%[^"]*(?="\s*PRI\w+$)/.exec(text.slice(start, end))?.[0].length;
  if (quote === undefined) return undefined;
  const reopened = /^[ \t]*"/.exec(text.slice(end, end + 80))?.[0].length;
  return {
    span: { start: start + quote, end: end + (reopened ?? 0) },
    replacement: reopened ? replacement : `${replacement}"`,
  };
}

function macroOf(wanted: string, specifier: string): string {
  return `PRI${specifier}${wanted.slice(3)}`;
}

const lengths: Readonly<Record<string, string>> = {
  size_t: "z",
  ssize_t: "z",
  ptrdiff_t: "t",
  uintptr_t: "PRIPTR",
};

/** The length modifier, or the width of a macro, by a type's spelling. */
function lengthOf(type: CType): string | undefined {
  if (type.kind !== "integer") return undefined;
  const words = type.spelling.split(" ").filter((word) => word !== "const");
  const name = words.join(" ");
  const fixed = /^u?int(8|16|32|64)_t$/.exec(name)?.[1];
  if (fixed) return `PRI${fixed}`;
  const longs = words.filter((word) => word === "long").length;
  return lengths[name] ?? ["", "l", "ll"][longs];
}
