import type { EventNode } from "../../grammar/ast.js";
import { type FormatString, parseFormatString } from "../../grammar/format-string.js";
import type { ParseResult } from "../../grammar/parse.js";
import { buildEventModel } from "../model/build-model.js";
import type { EventModel } from "../model/event-model.js";
import { type BoundConversion, bindConversions } from "./bound-conversion.js";

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

/** Parses a file and takes its events apart. */
export function buildLintedFile({
  path,
  parse,
}: {
  readonly path: string;
  readonly parse: () => ParseResult;
}): LintedFile {
  const parsed = parse();
  const { lines } = parsed.file;
  const file = parsed.source.name;
  const events: LintedEvent[] = [];
  for (let index = 0; index < lines.length; index++) {
    const node = lines[index]!;
    if (node.kind !== "event") continue;
    events.push(buildLintedEvent(node, buildEventModel(node, "", { file, line: index + 1 })));
  }
  return { path, parsed, events };
}

function buildLintedEvent(node: EventNode, event: EventModel): LintedEvent {
  const printed = event.format?.parsed;
  if (!printed) return { node, event, formats: [], conversions: [] };
  const formats = [...node.formats.slice(0, -1).map(parseFormatString), printed];
  return { node, event, formats, conversions: bindConversions(printed, event.arguments) };
}

/** What is computed of a file, once: several rules ask for the same. */
export function oncePerFile<T>(compute: (file: LintedFile) => T): (file: LintedFile) => T {
  const known = new WeakMap<LintedFile, T>();
  return (file) => {
    let result = known.get(file);
    if (result === undefined) {
      result = compute(file);
      known.set(file, result);
    }
    return result;
  };
}
