import type { EventNode } from "../../grammar/ast.js";
import type { ParseResult } from "../../grammar/parse.js";
import type { Problem } from "../diagnostics/catalogue.js";
import type { EventModel } from "../model/event-model.js";

/** An event as rules see it: its nodes with their spans, and what they mean. */
export interface LintedEvent {
  readonly node: EventNode;
  readonly event: EventModel;
}

/** A file under the linter. */
export interface LintedFile {
  readonly parsed: ParseResult;
  readonly events: readonly LintedEvent[];
}

/** A rule looks at a file and tells what it finds. */
export interface Rule {
  readonly name: string;
  readonly check: (file: LintedFile) => Iterable<Problem>;
}
