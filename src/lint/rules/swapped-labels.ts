import { endsIn0x } from "../ends-in-0x.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { swappedPlaces } from "../swapped-names.js";

const isWord = (code: number) =>
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  (code >= 0x41 && code <= 0x5a) ||
  isDigit(code);
const opening = "[(<'\"";
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/**
 * The word before a conversion, with what may stand between: `width=`, `addr: 0x`, `name:'`. Read
 * backwards: a pattern that ends in `$` would try every place of every text.
 */
function labelAtEnd(text: string): string | undefined {
  let end = text.length;
  if (endsIn0x(text)) end -= 2;
  if (end > 0 && opening.includes(text[end - 1]!)) end--;
  while (text[end - 1] === " ") end--;
  if (end > 0 && "=:".includes(text[end - 1]!)) end--;
  while (text[end - 1] === " ") end--;
  let start = end;
  while (start > 0 && isWord(text.charCodeAt(start - 1))) start--;
  return start < end && !isDigit(text.charCodeAt(start)) ? text.slice(start, end) : undefined;
}

/** A label in a format belongs to the argument behind it. */
export const swappedLabels: FileRule<"swapped-labels"> = {
  name: "swapped-labels",
  summary: "A label in a format names the argument behind it.",
  why:
    "A format whose labels are the names of arguments, but in another order, shows each value under " +
    "another's name. Only labels that name each other's arguments in a ring are told.",
  bad: 'resize(int width, int height) "height=%d width=%d"',
  good: 'resize(int width, int height) "width=%d height=%d"',
  fixable: false,
  severity: always("warn"),
  *check({ events }) {
    for (const { conversions } of events) {
      if (conversions.length < 2) continue;
      const bound = conversions.filter(({ argument }) => argument);
      const labels = bound.map(({ before }) => before && labelAtEnd(before.text));
      const names = bound.map(({ argument }) => argument!.name);
      const places = swappedPlaces(labels, names);
      if (places.length === 0) continue;
      const list = (of: readonly (string | undefined)[]) =>
        places.map((place) => `'${of[place]}'`).join(", ");
      const values = { labels: list(labels), arguments: list(names) };
      const first = bound[places[0]!]!.conversion.span;
      const span = { start: first.start, end: bound[places.at(-1)!]!.conversion.span.end };
      yield { code: "swapped-labels", span, values };
    }
  },
};
