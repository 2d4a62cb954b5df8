import type { EventModel } from "../../model/event-model.js";
import { withoutControls } from "../../without-controls.js";
import { type Change, type ChangeKind, levelOfChange } from "./change.js";

const words: Readonly<Record<ChangeKind, (change: Change) => string>> = {
  "layout-changed": () => "its record has other fields",
  "arguments-reordered": () => "its arguments are in another order",
  removed: () => "is gone",
  renamed: ({ after }) => `is called ${after!.name} now`,
  moved: ({ after }) => `is in the group ${after!.group} now`,
  "types-changed": () => "its arguments have other types",
  "arguments-renamed": () => "its arguments have other names",
  "format-changed": () => "prints otherwise",
  added: () => "is new",
};

/** A change in words, and under them the declarations that were and are. */
export function printChange(change: Change): string {
  const { kind, before, after } = change;
  const { group, name } = (before ?? after)!;
  const side = (sign: string, { place, declaration }: EventModel) =>
    `  ${sign} ${declaration}\n      ${withoutControls(place.file)}:${place.line}\n`;
  return (
    `${levelOfChange[kind] ?? "new"}: ${name} (${group}) ${words[kind](change)} [${kind}]\n` +
    (before ? side("-", before) : "") +
    (after ? side("+", after) : "")
  );
}
