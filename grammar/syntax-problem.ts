import type { Span } from "./source.js";

/** What the grammar finds wrong with a text. The words for it are in the catalogue of diagnostics. */
export type SyntaxProblem =
  | { readonly code: "unexpected-character"; readonly span: Span; readonly values: Found }
  | { readonly code: "unterminated-string"; readonly span: Span; readonly values: Nothing }
  | { readonly code: "not-an-event"; readonly span: Span; readonly values: Found }
  | { readonly code: "expected"; readonly span: Span; readonly values: Found & Expected }
  | { readonly code: "text-behind-event"; readonly span: Span; readonly values: Found }
  | { readonly code: "empty-argument"; readonly span: Span; readonly values: Nothing }
  | { readonly code: "unnamed-argument"; readonly span: Span; readonly values: { type: string } }
  | { readonly code: "missing-final-newline"; readonly span: Span; readonly values: Nothing };

type Nothing = Readonly<Record<never, never>>;

interface Found {
  readonly found: string;
}

interface Expected {
  readonly expected: string;
}
