import type { Level, Rule, RuleSet } from "./rule.js";
import { allowedTypes } from "./rules/allowed-types.js";
import { argumentLimit } from "./rules/argument-limit.js";
import { callArgumentCount } from "./rules/call-argument-count.js";
import { decimalAfter0x } from "./rules/decimal-after-0x.js";
import { formatFlags } from "./rules/format-flags.js";
import { formatMatchesArguments } from "./rules/format-matches-arguments.js";
import { formatTypes } from "./rules/format-types.js";
import { generatorLayout } from "./rules/generator-layout.js";
import { hexGroupPrefix } from "./rules/hex-group-prefix.js";
import { hexPrefix } from "./rules/hex-prefix.js";
import { knownProperties } from "./rules/known-properties.js";
import { leadingBlank } from "./rules/leading-blank.js";
import { missingBlank } from "./rules/missing-blank.js";
import { missingFormat } from "./rules/missing-format.js";
import { missingHeadingFile } from "./rules/missing-heading-file.js";
import { narrowConversion } from "./rules/narrow-conversion.js";
import { neverCalled } from "./rules/never-called.js";
import { noAlternateForm } from "./rules/no-alternate-form.js";
import { noErrnoConversion } from "./rules/no-errno-conversion.js";
import { noNewlineInFormat } from "./rules/no-newline-in-format.js";
import { noNulInFormat } from "./rules/no-nul-in-format.js";
import { pointerAfter0x } from "./rules/pointer-after-0x.js";
import { portableTypes } from "./rules/portable-types.js";
import { signedAsHex } from "./rules/signed-as-hex.js";
import { signedAsUnsigned } from "./rules/signed-as-unsigned.js";
import { singleFormat } from "./rules/single-format.js";
import { strayLetter } from "./rules/stray-letter.js";
import { strayMacro } from "./rules/stray-macro.js";
import { swappedArguments } from "./rules/swapped-arguments.js";
import { swappedLabels } from "./rules/swapped-labels.js";
import { trailingBlank } from "./rules/trailing-blank.js";
import { trailingPunctuation } from "./rules/trailing-punctuation.js";
import { unbalancedBracket } from "./rules/unbalanced-bracket.js";
import { undeclaredCall } from "./rules/undeclared-call.js";
import { uniqueAcrossFiles } from "./rules/unique-across-files.js";
import { uniqueArguments } from "./rules/unique-arguments.js";
import { uniqueNames } from "./rules/unique-names.js";
import { unknownConversion } from "./rules/unknown-conversion.js";
import { unknownEscape } from "./rules/unknown-escape.js";
import { unsignedAsSigned } from "./rules/unsigned-as-signed.js";
import { unusedIgnore } from "./rules/unused-ignore.js";
import { wideConversion } from "./rules/wide-conversion.js";
import { wrongHeading } from "./rules/wrong-heading.js";

/** All rules, in the order in which they run: what the build refuses, mistakes, calls, style. */
export const rules: readonly Rule[] = [
  knownProperties,
  allowedTypes,
  argumentLimit,
  singleFormat,
  generatorLayout,
  unknownEscape,
  unknownConversion,
  strayMacro,
  noNewlineInFormat,
  noNulInFormat,
  noErrnoConversion,
  formatMatchesArguments,
  formatTypes,
  formatFlags,
  uniqueNames,
  uniqueArguments,
  portableTypes,
  narrowConversion,
  wideConversion,
  decimalAfter0x,
  pointerAfter0x,
  strayLetter,
  missingBlank,
  unbalancedBracket,
  swappedLabels,
  noAlternateForm,
  hexPrefix,
  unusedIgnore,
  neverCalled,
  wrongHeading,
  missingHeadingFile,
  undeclaredCall,
  callArgumentCount,
  swappedArguments,
  unsignedAsSigned,
  signedAsUnsigned,
  signedAsHex,
  hexGroupPrefix,
  missingFormat,
  leadingBlank,
  trailingBlank,
  trailingPunctuation,
  uniqueAcrossFiles,
];

/** The rules without which a file does not become code: what QEMU's generator and compilers refuse. */
export const buildRules: readonly Rule[] = rules.filter(
  ({ enforcedBy }) => enforcedBy === "QEMU's generator" || enforcedBy === "the C compiler",
);

const byName: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.name, rule]));

/** The rule of a name. */
export function ruleNamed(name: string): Rule | undefined {
  return byName.get(name);
}

const sets: Readonly<Record<RuleSet, ReadonlyMap<string, Level>>> = {
  recommended: new Map(rules.map((rule) => [rule.name, rule.severity.recommended])),
  strict: new Map(rules.map((rule) => [rule.name, rule.severity.strict])),
};

/** The level of every rule in a set. */
export function levelsOf(set: RuleSet): ReadonlyMap<string, Level> {
  return sets[set];
}
