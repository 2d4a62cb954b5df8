import type { Span } from "../../grammar/source.js";
import type { LintedFile } from "./linted-file.js";
import { spellConversion } from "./spell-conversion.js";

/** An integer and the conversion that prints it. */
export interface PrintedInteger {
  readonly span: Span;
  readonly signed: boolean;
  readonly values: {
    readonly argument: string;
    readonly type: string;
    readonly conversion: string;
  };
}

/**
 * The integers of a file that are printed by one of these letters, by the sign that they are declared
 * with. C widens what is smaller than `int` to a signed `int`, so compilers say nothing of those;
 * the declaration does.
 */
export function* integersPrintedBy(
  letters: string,
  { events }: LintedFile,
): Generator<PrintedInteger> {
  for (const { conversions } of events) {
    for (const { conversion, argument } of conversions) {
      if (argument?.type.kind !== "integer" || !letters.includes(conversion.specifier)) continue;
      const { name, type } = argument;
      const values = {
        argument: name,
        type: type.spelling,
        conversion: spellConversion(conversion),
      };
      yield { span: conversion.span, signed: type.signed, values };
    }
  }
}
