import type { EventModel } from "../../model/event-model.js";
import type { Change } from "./change.js";
import { editDistance } from "./edit-distance.js";

/** At most so much of the longer name may be other letters. */
const NEAR = 0.4;

/**
 * The events that have another name now: of the same group and the same arguments, nearest names
 * first. Those without arguments must print the same too.
 */
export function findRenames(
  removed: readonly EventModel[],
  added: readonly EventModel[],
): (Change & { readonly kind: "renamed" })[] {
  const candidates = added.flatMap((after) =>
    removed
      .filter((before) => signature(before) === signature(after))
      .map((before) => ({ before, after, distance: editDistance(before.name, after.name) })),
  );
  const taken = new Set<EventModel>();
  return candidates
    .filter(({ before, after, distance }) => {
      return distance <= NEAR * Math.max(before.name.length, after.name.length);
    })
    .sort((a, b) => a.distance - b.distance)
    .flatMap(({ before, after }) => {
      if (taken.has(before) || taken.has(after)) return [];
      taken.add(before).add(after);
      return [{ kind: "renamed" as const, before, after }];
    });
}

function signature({ group, name, arguments: args, declaration }: EventModel): string {
  if (args.length === 0)
    return `${group} ${declaration.slice(declaration.indexOf(name) + name.length)}`;
  return `${group} ${args.map((argument) => `${argument.type.spelling} ${argument.name}`).join()}`;
}
