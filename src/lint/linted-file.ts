import type { EventNode } from "../../grammar/ast.js";
import type { FormatString } from "../../grammar/format-string.js";
import type { ParseResult } from "../../grammar/parse.js";
import type { EventModel } from "../model/event-model.js";
import type { BoundConversion } from "./bound-conversion.js";

/** An event as rules see it: its nodes with their spans, and what they mean. */
export interface LintedEvent {
  readonly node: EventNode;
  readonly event: EventModel;
  /** The formats taken apart, in the order of `node.formats`. */
  readonly formats: readonly FormatString[];
  /** The conversions of the last format, which is the one that is printed. */
  readonly conversions: readonly BoundConversion[];
}

/** A file under the linter. */
export interface LintedFile {
  /** Where it is, relative to the tree's top, with `/`. */
  readonly path: string;
  readonly parsed: ParseResult;
  readonly events: readonly LintedEvent[];
}
