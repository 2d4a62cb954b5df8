import type { Fix } from "../diagnostics/catalogue.js";

/** A text with its mends in it, and how many of them found room. */
export interface FixedText {
  readonly text: string;
  readonly applied: number;
}

/**
 * Puts fixes into a text, from its start on. One that overlaps or touches an earlier one is left for
 * the next pass: what it would change may be gone.
 */
export function applyFixes(text: string, fixes: readonly Fix[]): FixedText {
  const sorted = [...fixes].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let fixed = "";
  let end = 0;
  let applied = 0;
  for (const { span, replacement } of sorted) {
    if (applied > 0 && span.start <= end) continue;
    fixed += text.slice(end, span.start) + replacement;
    end = span.end;
    applied++;
  }
  return { text: fixed + text.slice(end), applied };
}

/** So many passes suffice for any file; what still changes then would change for ever. */
const PASSES = 10;

/** Applies what `find` offers for a text, again and again until nothing is offered any more. */
export function fixAll(text: string, find: (text: string) => readonly Fix[]): FixedText {
  let fixed: FixedText = { text, applied: 0 };
  for (let pass = 0; pass < PASSES; pass++) {
    const next = applyFixes(fixed.text, find(fixed.text));
    if (next.applied === 0 || next.text === fixed.text) break;
    fixed = { text: next.text, applied: fixed.applied + next.applied };
  }
  return fixed;
}
