import {
  type ConversionPiece,
  countStars,
  type FormatPiece,
  type FormatString,
  type LiteralPiece,
} from "../../grammar/format-string.js";
import type { ArgumentModel } from "../model/event-model.js";

/** A conversion, the argument that it prints, and the text on both sides of it. */
export interface BoundConversion {
  readonly conversion: ConversionPiece;
  /** Absent where the event declares too few. */
  readonly argument: ArgumentModel | undefined;
  /** The index of the argument. */
  readonly index: number;
  readonly before: LiteralPiece | undefined;
  readonly after: LiteralPiece | undefined;
  /** What stands behind: text or another conversion. */
  readonly next: FormatPiece | undefined;
}

/** The conversions of a format with their arguments; a `*` takes one before its conversion does. */
export function bindConversions(
  { pieces }: FormatString,
  args: readonly ArgumentModel[],
): BoundConversion[] {
  const bound: BoundConversion[] = [];
  let next = 0;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at]!;
    if (piece.kind === "literal") continue;
    next += countStars(piece);
    if (piece.specifier === "m") continue;
    bound.push({
      conversion: piece,
      argument: args[next],
      index: next++,
      before: literal(pieces[at - 1]),
      after: literal(pieces[at + 1]),
      next: pieces[at + 1],
    });
  }
  return bound;
}

function literal(piece: FormatPiece | undefined): LiteralPiece | undefined {
  return piece?.kind === "literal" ? piece : undefined;
}
