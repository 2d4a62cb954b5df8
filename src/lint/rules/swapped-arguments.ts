import { always, type SourceRule } from "../rule.js";
import { swappedPlaces } from "../swapped-names.js";

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
  *checkSource({ calls }, { declarations }) {
    for (const { name, arguments: given } of calls) {
      const candidates = declarations(name);
      if (!given || candidates.length === 0) continue;
      const names = given.map((argument) => argument.name);
      const swaps = candidates.map((event) =>
        swappedPlaces(
          names,
          event.arguments.map((argument) => argument.name),
        ),
      );
      if (swaps.some((places) => places.length === 0)) continue;
      const [places, event] = [swaps[0]!, candidates[0]!];
      const list = (of: readonly (string | undefined)[]) =>
        places.map((place) => `'${of[place]}'`).join(", ");
      const span = {
        start: given[places[0]!]!.span.start,
        end: given[places.at(-1)!]!.span.end,
      };
      const values = {
        name,
        given: list(names),
        declared: list(event.arguments.map((argument) => argument.name)),
        place: `${event.place.file}:${event.place.line}`,
      };
      yield { code: "swapped-arguments", span, values };
    }
  },
};
