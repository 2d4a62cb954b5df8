import type { Span } from "../../grammar/source.js";
import type { Fix } from "../diagnostics/catalogue.js";
import type { ArgumentFinding, FormatFinding } from "../model/check-format.js";
import { formatFindings } from "./format-findings.js";
import { type LintedEvent, type LintedFile, oncePerFile } from "./linted-file.js";
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
export const typeMismatches = oncePerFile((file: LintedFile): TypeMismatch[] => {
  const mismatches: TypeMismatch[] = [];
  for (const { linted, LP64, ILP32 } of formatFindings(file)) {
    const here = LP64.filter(isWrongType);
    for (const finding of here) mismatches.push(mismatch(file, linted, finding, true));
    for (const finding of ILP32) {
      if (!isWrongType(finding)) continue;
      const told = here.some(({ argument }) => argument === finding.argument);
      if (!told) mismatches.push(mismatch(file, linted, finding, false));
    }
  }
  return mismatches;
});

function isWrongType(finding: FormatFinding): finding is WrongType {
  return finding.kind === "wrong-type" && finding.difference !== "signedness";
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
