import type { Source } from "../../grammar/source.js";
import type { Problem } from "./catalogue.js";

const declared = /^\s*(?:\w+\s+)*?(\w+)\s*\(/;

/**
 * What a problem is about, in words that stay when lines move or other things on them change: the
 * event that the line declares; of a line of another kind its text.
 */
export function subjectOf(source: Source, { span }: Problem): string {
  const text = source.line(source.locate(span.start).line);
  const isDeclaration = /(^|[/\\])trace-events(-all)?$|^-$/.test(source.name);
  return (isDeclaration && declared.exec(text)?.[1]) || text.trim();
}
