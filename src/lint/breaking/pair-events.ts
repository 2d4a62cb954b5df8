import type { EventModel } from "../../model/event-model.js";

/** Two versions' events, put side by side. */
export interface PairedEvents {
  readonly pairs: readonly (readonly [before: EventModel, after: EventModel])[];
  readonly removed: readonly EventModel[];
  readonly added: readonly EventModel[];
}

/**
 * Puts the events of two versions side by side: by declaration where a name is declared more than
 * once (`trace-events-all` has such), then by group and name, then by name alone.
 */
export function pairEvents(
  before: readonly EventModel[],
  after: readonly EventModel[],
): PairedEvents {
  const pairs: [EventModel, EventModel][] = [];
  let removed = before;
  let added = after;
  for (const keyOf of [
    (event: EventModel) => `${event.group} ${event.declaration}`,
    (event: EventModel) => `${event.group} ${event.name}`,
    (event: EventModel) => event.name,
  ]) {
    const waiting = new Map<string, EventModel[]>();
    for (const event of added) {
      const same = waiting.get(keyOf(event));
      if (same) same.push(event);
      else waiting.set(keyOf(event), [event]);
    }
    const paired = new Set<EventModel>();
    removed = removed.filter((old) => {
      const young = waiting.get(keyOf(old))?.shift();
      if (!young) return true;
      pairs.push([old, young]);
      paired.add(young);
      return false;
    });
    added = added.filter((event) => !paired.has(event));
  }
  return { pairs, removed, added };
}
