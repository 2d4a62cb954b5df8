import type { Rule } from "./rule.js";
import { allowedTypes } from "./rules/allowed-types.js";
import { argumentLimit } from "./rules/argument-limit.js";
import { formatMatchesArguments } from "./rules/format-matches-arguments.js";
import { knownProperties } from "./rules/known-properties.js";
import { noErrnoConversion } from "./rules/no-errno-conversion.js";
import { noNewlineInFormat } from "./rules/no-newline-in-format.js";
import { singleFormat } from "./rules/single-format.js";
import { uniqueNames } from "./rules/unique-names.js";
import { validFormat } from "./rules/valid-format.js";

/** All rules, in the order in which they run. */
export const rules: readonly Rule[] = [
  knownProperties,
  allowedTypes,
  argumentLimit,
  singleFormat,
  validFormat,
  noNewlineInFormat,
  noErrnoConversion,
  formatMatchesArguments,
  uniqueNames,
];
