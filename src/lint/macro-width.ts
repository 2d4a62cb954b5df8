import type { Span } from "../../grammar/source.js";
import type { Fix } from "../diagnostics/catalogue.js";
import { expectedBy } from "../model/expected-type.js";
import { compareTypes } from "../model/type-difference.js";
import { type LintedFile, oncePerFile } from "./linted-file.js";
import { withLengthOf } from "./rewrite-conversion.js";
import { spellConversion } from "./spell-conversion.js";

/** A macro that names another width than its argument has, and what messages want to know of it. */
export interface MacroWidthProblem {
  readonly span: Span;
  readonly bound: {
    readonly argument: string;
    readonly type: string;
    readonly conversion: string;
    readonly bits: number;
    readonly argumentBits: number;
  };
  readonly fix?: Fix;
}

const macroBits: Readonly<Record<string, number>> = { PRI8: 8, PRI16: 16, PRI32: 32, PRI64: 64 };

/**
 * The `PRI` macros of a file that are for another number of bits than their arguments have, and
 * that a compiler takes nevertheless, since arguments smaller than `int` are passed as `int`. What
 * it does not take is `format-types`' to tell.
 */
export const macroWidthProblems = oncePerFile((file: LintedFile): MacroWidthProblem[] => {
  const { events, parsed } = file;
  const problems: MacroWidthProblem[] = [];
  for (const { conversions } of events) {
    for (const { conversion, argument } of conversions) {
      const bits = macroBits[conversion.length];
      if (!bits || argument?.type.kind !== "integer" || argument.type.bits === bits) continue;
      const expected = expectedBy(conversion, "LP64");
      if (typeof expected === "string") continue;
      const difference = compareTypes(argument.type, expected);
      if (difference && difference !== "signedness") continue;
      const fix = withLengthOf(parsed.source.text, conversion, argument.type);
      const bound = {
        argument: argument.name,
        type: argument.type.spelling,
        conversion: spellConversion(conversion),
        bits,
        argumentBits: argument.type.bits,
      };
      problems.push({ span: conversion.span, bound, ...(fix && { fix }) });
    }
  }
  return problems;
});
