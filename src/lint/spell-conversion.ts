import type { ConversionPiece } from "../../grammar/format-string.js";

/** A conversion as a reader knows it, on one line: `%-5d`, `%08PRIx64`. */
export function spellConversion({
  flags,
  width,
  precision,
  length,
  specifier,
}: ConversionPiece): string {
  const options = `${flags}${width ?? ""}${precision === undefined ? "" : `.${precision}`}`;
  const kind = length.startsWith("PRI")
    ? `PRI${specifier}${length.slice(3)}`
    : `${length}${specifier}`;
  return `%${options}${kind}`;
}
