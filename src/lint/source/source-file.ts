import type { Source, Span } from "../../../grammar/source.js";

/** A C or Rust file, and what it says of trace events. */
export interface SourceFile {
  /** Relative to the tree's top, with `/`. */
  readonly path: string;
  readonly source: Source;
  /** `trace_NAME(…)`, in the order of the text. */
  readonly calls: readonly TraceCall[];
  /** Names that are spoken of otherwise: `TRACE_NAME` in a question for an event's state, `trace_NAME` as a value. */
  readonly mentions: readonly TraceMention[];
  /** Functions that the file itself defines or declares under a name that begins with `trace_`. */
  readonly defined: ReadonlySet<string>;
  /** What macros paste names of. */
  readonly pasted: readonly PastedName[];
}

/** A call of a tracer. */
export interface TraceCall {
  /** The event's name, without `trace_`. */
  readonly name: string;
  readonly span: Span;
  /** The arguments; undefined where they cannot be counted, as in a macro that passes its own on. */
  readonly arguments: readonly CallArgument[] | undefined;
}

/** An argument of a call. */
export interface CallArgument {
  readonly span: Span;
  /** The name that it goes by: `width` of `width`, `s->width` and `(int)width`. */
  readonly name: string | undefined;
  /** A macro by its capitals: it may expand to several arguments, as `MAC_ARG(addr)` does. */
  readonly isMacro: boolean;
}

/** An event's name that is not called. */
export interface TraceMention {
  readonly name: string;
  readonly span: Span;
}

/** `trace_##x##_done`: any name that begins and ends like this may be called. */
export interface PastedName {
  readonly prefix: string;
  readonly suffix: string;
}
