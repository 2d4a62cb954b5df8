import type { ParseResult } from "./parse.js";
import { printEvent } from "./print.js";

/**
 * A file laid out the one way: each event as `printEvent` has it, comments from their `#` on, blank
 * lines empty, a newline behind each line. Broken lines are left exactly as they are.
 */
export function formatFile({ source, file }: ParseResult): string {
  let text = "";
  for (const line of file.lines) {
    const written = source.text.slice(line.span.start, line.span.end);
    if (line.kind === "event") text += printEvent(line);
    else if (line.kind === "comment") text += written.trimEnd();
    else if (line.kind === "broken") text += written;
    text += "\n";
  }
  return text;
}
