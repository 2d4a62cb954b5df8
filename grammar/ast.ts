import type { Span } from "./source.js";

/** A trace-events file: `lines[i]` is line `i + 1` of the text. */
export interface FileNode {
  readonly kind: "file";
  readonly span: Span;
  readonly lines: readonly LineNode[];
}

/** What a line can be. */
export type LineNode = EventNode | CommentNode | BlankNode | BrokenNode;

/** `# text`; the span begins at the `#`. */
export interface CommentNode {
  readonly kind: "comment";
  readonly span: Span;
  readonly text: string;
}

/** A line with nothing on it. */
export interface BlankNode {
  readonly kind: "blank";
  readonly span: Span;
}

/** A line that could not be read; a problem tells why. */
export interface BrokenNode {
  readonly kind: "broken";
  readonly span: Span;
}

/** `property* name "(" arguments ")" format?` */
export interface EventNode {
  readonly kind: "event";
  readonly span: Span;
  readonly properties: readonly NameNode[];
  readonly name: NameNode;
  /** The declared arguments; `void` is an argument whose type is `void` and whose name is absent. */
  readonly arguments: readonly ArgumentNode[];
  /** None, one, or two behind the old `tcg` property. */
  readonly formats: readonly FormatNode[];
}

/** An identifier in the text. */
export interface NameNode {
  readonly kind: "name";
  readonly span: Span;
  readonly text: string;
}

/** `const char *id`: the words and stars of a type, then a name. */
export interface ArgumentNode {
  readonly kind: "argument";
  readonly span: Span;
  readonly type: TypeNode;
  readonly name: NameNode | undefined;
}

/** A C type as it is spelled: words, and the `*` behind them. */
export interface TypeNode {
  readonly kind: "type";
  readonly span: Span;
  readonly words: readonly NameNode[];
  /** How many `*` there are. */
  readonly pointers: number;
  /** The stars laid out, with what is between them: `*`, `**`, `*const *`. */
  readonly stars: string;
}

/** String literals and PRI macros side by side, which C joins. */
export interface FormatNode {
  readonly kind: "format";
  readonly span: Span;
  readonly parts: readonly FormatPartNode[];
}

export type FormatPartNode = StringNode | MacroNode;

/** `"…"`: `raw` is what stands between the quotes, escapes as written. */
export interface StringNode {
  readonly kind: "string";
  readonly span: Span;
  readonly raw: string;
}

/** `PRIx64` and its kin. */
export interface MacroNode {
  readonly kind: "macro";
  readonly span: Span;
  readonly name: string;
}
