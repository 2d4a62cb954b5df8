import type { Source } from "../../grammar/source.js";
import { blankControls, withoutControls } from "../without-controls.js";
import { messageOf, type Problem, severityOf } from "./catalogue.js";

/** Colours for a terminal; identity functions where none are wanted. */
export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly dim: (text: string) => string;
}

export const plain: Palette = { error: (t) => t, warning: (t) => t, dim: (t) => t };

/** At most this much of a long line is shown around a problem. */
const WINDOW = 160;

/** `file:line:column: severity: message [code]`, the line, and a caret under the span. */
export function printProblem(source: Source, problem: Problem, palette = plain): string {
  const { line, column } = source.locate(problem.span.start);
  const severity = severityOf(problem);
  const head = `${withoutControls(source.name)}:${line}:${column}: ${palette[severity](severity)}: ${messageOf(problem)} ${palette.dim(`[${problem.code}]`)}`;
  const text = source.line(line);
  const from = text.length > WINDOW ? Math.max(0, column - 1 - WINDOW / 2) : 0;
  const shown = blankControls(text.slice(from, from + WINDOW));
  const indent = " ".repeat(column - 1 - from);
  const width = Math.max(
    1,
    Math.min(problem.span.end - problem.span.start, shown.length - indent.length),
  );
  return `${head}\n    ${shown}\n    ${indent}${palette[severity]("^".repeat(width))}\n`;
}
