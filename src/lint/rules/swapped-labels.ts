import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { swappedPlaces } from "../swapped-names.js";

/** The word before a conversion, with what may stand between: `width=`, `addr: 0x`, `len `. */
const label = /([A-Za-z_]\w*)\s*[=:]?\s*[[(]?(?:0[xX])?$/;

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
      const bound = conversions.filter(({ argument }) => argument);
      const labels = bound.map(({ before }) => label.exec(before?.text ?? "")?.[1]);
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
