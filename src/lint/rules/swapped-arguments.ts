import type { ArgumentModel } from "../../model/event-model.js";
import { always, type SourceRule } from "../rule.js";
import type { CallArgument } from "../source/source-file.js";
import { exchangedPlaces, swappedPlaces } from "../swapped-names.js";

/** The arguments of a call stand in the order of the declaration. */
export const swappedArguments: SourceRule<"swapped-arguments"> = {
  name: "swapped-arguments",
  summary: "The arguments of a call stand in the order of the declaration.",
  why:
    "C takes numbers in any order. Where the variables of a call bear the names of the declared arguments, " +
    "but in another order, the trace shows each value under another's name.",
  bad: {
    "ui/trace-events": 'update(int x, int y, int w, int h) "%d %d %d %d"',
    "ui/a.c": "void f(int x, int y, int w, int h) { trace_update(w, h, x, y); }",
  },
  good: {
    "ui/trace-events": 'update(int x, int y, int w, int h) "%d %d %d %d"',
    "ui/a.c": "void f(int x, int y, int w, int h) { trace_update(x, y, w, h); }",
  },
  fixable: false,
  needs: "sources",
  severity: always("warn"),
  *checkSource({ calls, source }, { declarations }) {
    for (const { name, arguments: given } of calls) {
      const candidates = declarations(name);
      if (!given || candidates.length === 0) continue;
      const texts = given.map(({ span }) => source.text.slice(span.start, span.end));
      const swaps = candidates.map((event) => swappedIn(given, texts, event.arguments));
      if (swaps.some(({ places }) => places.length === 0)) continue;
      const [{ places, called }, event] = [swaps[0]!, candidates[0]!];
      const list = (of: (place: number) => string) =>
        places.map((place) => `'${shortened(of(place))}'`).join(", ");
      const span = {
        start: given[places[0]!]!.span.start,
        end: given[places.at(-1)!]!.span.end,
      };
      const values = {
        name,
        given: list((place) => called[place]!),
        declared: list((place) => event.arguments[place]!.name),
        place: `${event.place.file}:${event.place.line}`,
      };
      yield { code: "swapped-arguments", span, values };
    }
  },
};

/** By the names that arguments go by, else by the words in them; `called` is what tells them. */
function swappedIn(
  given: readonly CallArgument[],
  texts: readonly string[],
  declared: readonly ArgumentModel[],
): { places: number[]; called: readonly (string | undefined)[] } {
  const names = declared.map(({ name }) => name);
  const called = given.map(({ name }) => name);
  const places = swappedPlaces(called, names);
  if (places.length > 0) return { places, called };
  return { places: exchangedPlaces(texts, names), called: texts };
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
