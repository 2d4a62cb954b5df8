import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { skimDeclarations } from "../../src/model/declaration.js";
import type { EventModel } from "../../src/model/event-model.js";

export const parsed = (text: string) => buildModel(parse(text, "f"), { group: "g" });
export const skimmed = (text: string) => skimDeclarations(text, { group: "g", file: "f" });

/** All that an event says; spans are within its line, or within the text. */
export const contentsOf = (event: EventModel) => {
  const { group, name, disabled, properties, place, declaration, format } = event;
  const all = [group, name, disabled, properties, place, declaration, format, event.arguments];
  return JSON.stringify(all, (key, value) => (key === "span" ? undefined : value));
};
