import { type ConversionPiece, countStars } from "../../grammar/format-string.js";
import { type CType, type DataModel, typeIn } from "../model/c-type.js";
import { checkFlags } from "../model/check-flags.js";
import { checkFormat, type FormatFinding } from "../model/check-format.js";
import { expectedBy } from "../model/expected-type.js";
import { compareTypes } from "../model/type-difference.js";
import { type LintedEvent, type LintedFile, oncePerFile } from "./linted-file.js";

/** What a C compiler says of an event's format. */
export interface FormatFindings {
  readonly linted: LintedEvent;
  /** On 64-bit hosts. */
  readonly LP64: readonly FormatFinding[];
  /** On 32-bit hosts. */
  readonly ILP32: readonly FormatFinding[];
}

/**
 * The events of a file of which a C compiler may say something, and what it says. Those whose every
 * conversion fits its argument, that is nearly all, are not in it.
 */
export const formatFindings = oncePerFile(({ events, parsed }: LintedFile): FormatFindings[] => {
  const mayHoldNul = writtenNul.test(parsed.source.text);
  const found: FormatFindings[] = [];
  for (const linted of events) {
    const { event } = linted;
    if (!event.format || (!mayHoldNul && fitsPlainly(linted))) continue;
    const format = event.format.parsed;
    const check = (model: DataModel) => {
      const types = event.arguments.map(({ type }) => typeIn(model, type));
      return checkFormat(types, format, model);
    };
    found.push({ linted, LP64: check("LP64"), ILP32: check("ILP32") });
  }
  return found;
});

/** A NUL is written by an escape. */
export const writtenNul = /\\[0x]/;

/** True if each conversion fits its argument, and nothing about it asks for a closer look. */
function fitsPlainly({ event }: LintedEvent): boolean {
  const { pieces, problems } = event.format!.parsed;
  let next = 0;
  for (const piece of pieces) {
    if (piece.kind === "literal") continue;
    const argument = event.arguments[next++];
    if (!argument || countStars(piece) > 0 || !fits(argument.type, piece)) return false;
    if (checkFlags(piece).length > 0) return false;
  }
  return next === event.arguments.length && problems.length === 0;
}

const known = new Map<CType, Map<string, boolean>>();

/** True if a conversion prints such a type on all hosts, its sign aside. */
function fits(type: CType, piece: ConversionPiece): boolean {
  let answers = known.get(type);
  if (!answers) {
    answers = new Map();
    known.set(type, answers);
  }
  const kind = piece.length + piece.specifier;
  let answer = answers.get(kind);
  if (answer === undefined) {
    answer = fitsIn("LP64", type, piece) && fitsIn("ILP32", type, piece);
    answers.set(kind, answer);
  }
  return answer;
}

function fitsIn(model: DataModel, type: CType, piece: ConversionPiece): boolean {
  const expected = expectedBy(piece, model);
  if (typeof expected === "string") return false;
  const difference = compareTypes(typeIn(model, type), expected);
  return difference === undefined || difference === "signedness";
}
