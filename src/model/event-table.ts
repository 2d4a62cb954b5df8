import type { EventModel } from "./event-model.js";

/**
 * Events by name, as readers of traces want them. Of two of the same name (eight are in two of
 * QEMU's files) the first with a given shape wins; `ambiguous` tells whether there were others.
 */
export class EventTable {
  readonly events: readonly EventModel[];
  readonly #byName = new Map<string, EventModel>();
  readonly #ambiguous = new Set<string>();

  constructor(events: readonly EventModel[]) {
    this.events = events;
    for (const event of events) {
      const first = this.#byName.get(event.name);
      if (!first) this.#byName.set(event.name, event);
      else if (wireShape(first) !== wireShape(event)) this.#ambiguous.add(event.name);
    }
  }

  get(name: string): EventModel | undefined {
    return this.#byName.get(name);
  }

  /** True when the name is declared twice with different arguments. */
  isAmbiguous(name: string): boolean {
    return this.#ambiguous.has(name);
  }
}

/** The wire kinds of an event's arguments in order, such as `"string u64"`. */
export function wireShape(event: EventModel): string {
  return event.arguments.map((argument) => argument.wire).join(" ");
}
