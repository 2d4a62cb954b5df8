import type { FormatNode } from "../../grammar/ast.js";
import {
  type ConversionPiece,
  countStars,
  type FormatString,
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
  return new BoundFormat(parseFormatString(node), argumentCount, dataModel);
}

/** A format whose conversions are made ready to print by who first prints it. */
class BoundFormat implements FormatModel {
  readonly parsed: FormatString;
  readonly wanted: number;
  readonly #argumentCount: number;
  readonly #dataModel: DataModel;
  #pieces: readonly PrintfPiece[] | undefined;

  constructor(parsed: FormatString, argumentCount: number, dataModel: DataModel) {
    this.parsed = parsed;
    this.#argumentCount = argumentCount;
    this.#dataModel = dataModel;
    let wanted = 0;
    for (const piece of parsed.pieces) if (piece.kind === "conversion") wanted += takes(piece);
    this.wanted = wanted;
  }

  get pieces(): readonly PrintfPiece[] {
    this.#pieces ??= bindPieces(this.parsed, this.#argumentCount, this.#dataModel);
    return this.#pieces;
  }
}

/** How many arguments a conversion takes. `%m` prints errno, and takes none. */
function takes(piece: ConversionPiece): number {
  return countStars(piece) + (piece.specifier === "m" ? 0 : 1);
}

function bindPieces(
  parsed: FormatString,
  argumentCount: number,
  dataModel: DataModel,
): PrintfPiece[] {
  const pieces: PrintfPiece[] = [];
  let next = 0;
  for (const piece of parsed.pieces) {
    if (piece.kind === "literal") {
      pieces.push(piece.text);
      continue;
    }
    const first = next;
    next += takes(piece);
    if (next > argumentCount || piece.specifier === "m") continue;
    const bound = {
      specifier: piece.specifier,
      argument: next - 1,
      bits: conversionBits(piece, dataModel),
    };
    const layout = readLayout(piece, first);
    pieces.push(layout ? { ...bound, ...layout } : bound);
  }
  return pieces;
}

type Layout = Pick<PrintfConversion, "flags" | "width" | "precision">;

/** Flags, width and precision where there are any; `next` is the argument of the first `*`. */
function readLayout(
  { flags, width, precision }: ConversionPiece,
  next: number,
): Layout | undefined {
  if (flags === "" && width === undefined && precision === undefined) return undefined;
  const numberOr = (value: number | "*", argument: number) =>
    value === "*" ? { argument } : value;
  const behindWidth = width === "*" ? next + 1 : next;
  return {
    ...(flags !== "" && { flags }),
    ...(width !== undefined && { width: numberOr(width, next) }),
    ...(precision !== undefined && { precision: numberOr(precision, behindWidth) }),
  };
}
