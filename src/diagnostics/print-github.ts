import type { Source } from "../../grammar/source.js";
import { messageOf, type Problem } from "./catalogue.js";
import { problemJson } from "./problem-json.js";

/**
 * A problem as an annotation of GitHub's: a line that the runner of a workflow reads from the output
 * (GitHub's documentation, «Workflow commands»; a column is given for problems on one line only).
 */
export function printGithub(source: Source, problem: Problem): string {
  const { file, line, column, endLine, endColumn, severity, code } = problemJson(source, problem);
  const columns =
    line === endLine ? { col: column, endColumn: Math.max(column, endColumn - 1) } : {};
  const properties = { file, line, endLine, ...columns, title: `qtrace: ${code}` };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${severity} ${list.join(",")}::${escapeData(messageOf(problem))}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(value: string | number): string {
  return escapeData(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
