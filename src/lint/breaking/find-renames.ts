import type { EventModel } from "../../model/event-model.js";
import { editDistance } from "../edit-distance.js";
import type { Change } from "./change.js";

/** At most so much of the longer name may be other letters. */
const NEAR = 0.4;

/** So many names, gone times new, are compared among events of the same arguments; above it none are. */
const COMPARED = 250_000;

/**
 * The events that have another name now: of the same group and the same arguments, nearest names
 * first. Those without arguments must print the same too.
 */
export function findRenames(
  removed: readonly EventModel[],
  added: readonly EventModel[],
): (Change & { readonly kind: "renamed" })[] {
  const gone = bySignature(removed);
  const candidates = [...bySignature(added)].flatMap(([signature, young]) =>
    nearPairs(gone.get(signature) ?? [], young),
  );
  const taken = new Set<EventModel>();
  return candidates
    .sort((a, b) => a.distance - b.distance)
    .flatMap(({ before, after }) => {
      if (taken.has(before) || taken.has(after)) return [];
      taken.add(before).add(after);
      return [{ kind: "renamed" as const, before, after }];
    });
}

function nearPairs(old: readonly EventModel[], young: readonly EventModel[]) {
  if (old.length * young.length > COMPARED) return [];
  return young.flatMap((after) =>
    old.flatMap((before) => {
      const most = Math.floor(NEAR * Math.max(before.name.length, after.name.length));
      const distance = editDistance(before.name, after.name, most);
      return distance <= most ? [{ before, after, distance }] : [];
    }),
  );
}

function bySignature(events: readonly EventModel[]): Map<string, EventModel[]> {
  const found = new Map<string, EventModel[]>();
  for (const event of events) {
    const signature = signatureOf(event);
    const alike = found.get(signature);
    if (alike) alike.push(event);
    else found.set(signature, [event]);
  }
  return found;
}

function signatureOf({ group, arguments: args, declaration }: EventModel): string {
  if (args.length === 0) return `${group} ${declaration.slice(declaration.indexOf("("))}`;
  return `${group} ${args.map((argument) => `${argument.type.spelling} ${argument.name}`).join()}`;
}
