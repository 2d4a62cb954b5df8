import type { Span } from "../../grammar/source.js";
import type { BoundConversion } from "./bound-conversion.js";
import { endsIn0x } from "./ends-in-0x.js";
import { type LintedFile, oncePerFile } from "./linted-file.js";
import { spellConversion } from "./spell-conversion.js";

/** A hexadecimal conversion that no `0x` stands before. */
export interface BareHexadecimal {
  readonly span: Span;
  readonly values: { readonly conversion: string };
  /** One of several hexadecimal conversions that `.`, `:`, `/` or a blank parts. */
  readonly grouped: boolean;
}

/** The hexadecimal conversions of a file that neither `0x` nor the flag `#` announces. */
export const bareHexadecimals = oncePerFile(({ events }: LintedFile): BareHexadecimal[] => {
  const found: BareHexadecimal[] = [];
  for (const { conversions } of events) {
    for (let at = 0; at < conversions.length; at++) {
      const bound = conversions[at]!;
      const { conversion, before } = bound;
      if (!isHexadecimal(bound) || conversion.flags.includes("#")) continue;
      if (before && endsIn0x(before.text)) continue;
      const grouped = joins(conversions[at - 1], bound) || joins(bound, conversions[at + 1]);
      found.push({
        span: conversion.span,
        values: { conversion: spellConversion(conversion) },
        grouped,
      });
    }
  }
  return found;
});

function isHexadecimal({ conversion }: BoundConversion): boolean {
  return conversion.specifier === "x" || conversion.specifier === "X";
}

/** True of two hexadecimal conversions with one separator between them. */
function joins(first: BoundConversion | undefined, second: BoundConversion | undefined): boolean {
  if (!first || !second || !isHexadecimal(first) || !isHexadecimal(second)) return false;
  return first.after !== undefined && /^[.:/ ]$/.test(first.after.text);
}
