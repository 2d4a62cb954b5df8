import type { EventModel } from "../model/event-model.js";
import { identifier } from "./escape.js";

/** Words that no parameter may be called in a module's strict code. */
const reserved = new Set(
  (
    "Infinity NaN arguments await break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface " +
    "let new null package private protected public return static super switch this throw true try " +
    "typeof undefined var void while with yield"
  ).split(" "),
);

/**
 * The names of a tracer's parameters: those of the declaration, `_` behind a reserved word and behind
 * the name of the event's own state.
 */
export function parameterNames(event: EventModel, state: string): string[] {
  const taken = new Set(event.arguments.map((argument) => argument.name));
  return event.arguments.map(({ name }) => {
    if (!reserved.has(identifier(name)) && name !== state) return name;
    let free = `${name}_`;
    while (taken.has(free)) free += "_";
    return free;
  });
}
