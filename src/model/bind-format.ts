import type { FormatNode } from "../../grammar/ast.js";
import {
  type ConversionPiece,
  type LengthModifier,
  parseFormatString,
} from "../../grammar/format-string.js";
import type { PrintfConversion, PrintfPiece } from "../printf/piece.js";
import type { DataModel } from "./c-type.js";
import type { FormatModel } from "./event-model.js";

/** Widths by length modifier, in LP64 and ILP32; glibc's PRI8 and PRI16 print a whole int. */
const bitsByLength: Readonly<Record<LengthModifier, readonly [lp64: number, ilp32: number]>> = {
  "": [32, 32],
  hh: [8, 8],
  h: [16, 16],
  l: [64, 32],
  ll: [64, 64],
  j: [64, 64],
  z: [64, 32],
  t: [64, 32],
  L: [64, 64],
  PRI8: [32, 32],
  PRI16: [32, 32],
  PRI32: [32, 32],
  PRI64: [64, 64],
  PRIPTR: [64, 32],
  PRIMAX: [64, 64],
};

/** How many bits of its argument a conversion prints. */
export function conversionBits(
  { length, specifier }: ConversionPiece,
  dataModel: DataModel = "LP64",
): number {
  const column = dataModel === "LP64" ? 0 : 1;
  if (specifier === "p") return bitsByLength.z[column];
  return bitsByLength[length][column];
}

/** Takes a format apart and gives each conversion its argument, in order, `*` first. */
export function bindFormat(
  node: FormatNode,
  argumentCount: number,
  dataModel: DataModel = "LP64",
): FormatModel {
  const parsed = parseFormatString(node);
  let next = 0;
  const starOr = (value: number | "*" | undefined) =>
    value === "*" ? { argument: next++ } : value;
  const pieces: PrintfPiece[] = [];
  for (const piece of parsed.pieces) {
    if (piece.kind === "literal") {
      pieces.push(piece.text);
      continue;
    }
    const width = starOr(piece.width);
    const precision = starOr(piece.precision);
    if (piece.specifier === "m") continue; // Prints errno, and takes no argument.
    const bound: PrintfConversion = {
      specifier: piece.specifier,
      argument: next++,
      bits: conversionBits(piece, dataModel),
      ...(piece.flags !== "" && { flags: piece.flags }),
      ...(width !== undefined && { width }),
      ...(precision !== undefined && { precision }),
    };
    if (next <= argumentCount) pieces.push(bound);
  }
  return { parsed, wanted: next, pieces };
}
