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
  | { readonly code: "missing-final-newline"; readonly span: Span; readonly values: Nothing }
  | { readonly code: "byte-order-mark"; readonly span: Span; readonly values: Nothing }
  | { readonly code: "invalid-utf-8"; readonly span: Span; readonly values: Bytes }
  | { readonly code: "carriage-return"; readonly span: Span; readonly values: { count: number } }
  | { readonly code: "tab"; readonly span: Span; readonly values: Nothing }
  | { readonly code: "control-character"; readonly span: Span; readonly values: Found }
  | { readonly code: "long-line"; readonly span: Span; readonly values: Length };

type Nothing = Readonly<Record<never, never>>;

interface Found {
  readonly found: string;
}

interface Expected {
  readonly expected: string;
}

/** The first byte that is no UTF-8, and how many there are on its line. */
interface Bytes {
  readonly byte: number;
  readonly count: number;
}

interface Length {
  readonly length: number;
  readonly limit: number;
}
