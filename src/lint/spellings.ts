import type { EventNode } from "../../grammar/ast.js";
import type { Span } from "../../grammar/source.js";

/** Where characters stand in the strings of an event's formats, just as they are written. */
export function spellings({ formats }: EventNode, characters: string): Span[] {
  const spans: Span[] = [];
  for (const part of formats.flatMap((format) => format.parts)) {
    if (part.kind !== "string") continue;
    for (
      let at = part.raw.indexOf(characters);
      at >= 0;
      at = part.raw.indexOf(characters, at + characters.length)
    ) {
      const start = part.span.start + 1 + at;
      spans.push({ start, end: start + characters.length });
    }
  }
  return spans;
}
