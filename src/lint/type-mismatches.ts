import type { Span } from "../../grammar/source.js";
import type { Fix } from "../diagnostics/catalogue.js";
import type { DataModel } from "../model/c-type.js";
import type { ArgumentFinding } from "../model/check-format.js";
import { dependsOnModel, formatFindings } from "./format-findings.js";
import type { LintedEvent, LintedFile } from "./linted-file.js";
import { withLengthOf } from "./rewrite-conversion.js";
import { spellConversion } from "./spell-conversion.js";

/** An argument of another type than its conversion wants, other than by its sign. */
export interface TypeMismatch {
  readonly span: Span;
  /** Whether 64-bit hosts see it; 32-bit hosts do in any case. */
  readonly LP64: boolean;
  readonly values: {
    readonly argument: string;
    readonly type: string;
    readonly conversion: string;
    readonly expected: string;
    readonly found: string;
  };
  readonly fix?: Fix;
}

type WrongType = Extract<ArgumentFinding, { kind: "wrong-type" }>;

/** What a C compiler says of types, 64-bit and 32-bit, each place once. */
export function* typeMismatches(file: LintedFile): Generator<TypeMismatch> {
  for (const linted of file.events) {
    const here = wrongTypes(linted, "LP64");
    for (const finding of here) yield mismatch(file, linted, finding, true);
    if (!dependsOnModel(linted)) continue;
    const elsewhere = wrongTypes(linted, "ILP32");
    for (const finding of elsewhere) {
      const told = here.some(({ argument }) => argument === finding.argument);
      if (!told) yield mismatch(file, linted, finding, false);
    }
  }
}

function wrongTypes(event: LintedEvent, dataModel: DataModel): WrongType[] {
  return formatFindings(event, dataModel).filter(
    (finding) => finding.kind === "wrong-type" && finding.difference !== "signedness",
  ) as WrongType[];
}

function mismatch(
  { parsed }: LintedFile,
  { event }: LintedEvent,
  { piece, role, argument, found, expected, difference }: WrongType,
  LP64: boolean,
): TypeMismatch {
  const { name, type } = event.arguments[argument]!;
  const integers = role === "value" && difference !== "kind" && difference !== "target";
  const fix = integers ? withLengthOf(parsed.source.text, piece, type) : undefined;
  const values = {
    argument: name,
    type: type.spelling,
    conversion: spellConversion(piece),
    expected: expected.spelling,
    found: found.spelling,
  };
  return { span: piece.span, LP64, values, ...(fix && { fix }) };
}
