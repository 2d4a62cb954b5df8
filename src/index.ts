/**
 * The language of QEMU's trace-events files: parse, resolve, lint, and generate tracers.
 *
 * @module qtrace
 */
export { isVoid } from "../grammar/argument-problem.js";
export type {
  ArgumentNode,
  BlankNode,
  BrokenNode,
  CommentNode,
  EventNode,
  FileNode,
  FormatNode,
  FormatPartNode,
  LineNode,
  MacroNode,
  NameNode,
  StringNode,
  TypeNode,
} from "../grammar/ast.js";
export {
  type ConversionPiece,
  type FormatPiece,
  type FormatProblem,
  type FormatString,
  type LengthModifier,
  type LiteralPiece,
  parseFormatString,
} from "../grammar/format-string.js";
export { type ParseResult, parse } from "../grammar/parse.js";
export { printArgument, printEvent, printFormat, printType } from "../grammar/print.js";
export { type Location, Source, type Span } from "../grammar/source.js";
export type { SyntaxProblem } from "../grammar/syntax-problem.js";
export { GENERATED_MARK, generate } from "./codegen/generate.js";
export type { GenerateOptions, SourceName } from "./codegen/generate-options.js";
export {
  type Manifest,
  type ManifestArgument,
  type ManifestEvent,
  manifest,
} from "./codegen/manifest.js";
export {
  type DiagnosticCode,
  messageOf,
  type Problem,
  type Severity,
  severityOf,
} from "./diagnostics/catalogue.js";
export type { FileProblems } from "./diagnostics/file-problems.js";
export { printGithub } from "./diagnostics/print-github.js";
export { type Palette, printProblem } from "./diagnostics/print-problem.js";
export { printSarif, type SarifRule } from "./diagnostics/print-sarif.js";
export { printSummary } from "./diagnostics/print-summary.js";
export { type ProblemJson, problemJson, type RegionJson } from "./diagnostics/problem-json.js";
export { lint } from "./lint/lint.js";
export type { LintedEvent, LintedFile } from "./lint/linted-file.js";
export { rules } from "./lint/registry.js";
export type { FileRule, Level, Rule, RuleInfo, RuleSet, SourceRule } from "./lint/rule.js";
export { buildModel, type ModelOptions } from "./model/build-model.js";
export {
  type BoolType,
  type CType,
  type DataModel,
  type IntegerType,
  type PointerTarget,
  type PointerType,
  type Rank,
  resolveType,
  type StringType,
  type UnknownType,
  type VoidType,
} from "./model/c-type.js";
export type { FlagFinding, FormatOption } from "./model/check-flags.js";
export {
  type ArgumentFinding,
  type ArgumentRole,
  checkFormat,
  type FormatFinding,
} from "./model/check-format.js";
export {
  type Declaration,
  type DeclarationsOptions,
  type Declared,
  skimDeclarations,
} from "./model/declaration.js";
export type { ArgumentModel, EventModel, FormatModel, WireKind } from "./model/event-model.js";
export { EventTable } from "./model/event-table.js";
export type { ExpectedInteger, ExpectedPointer, ExpectedType } from "./model/expected-type.js";
export { groupName } from "./model/group-name.js";
export type { TypeDifference } from "./model/type-difference.js";
export { version } from "./version.js";
