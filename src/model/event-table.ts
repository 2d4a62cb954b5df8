import type { Declaration, Declared } from "./declaration.js";
import type { EventModel } from "./event-model.js";

/**
 * Events by name, as readers of traces want them. Of two of the same name (eight are in two of
 * QEMU's files) the first with a given shape wins; `ambiguous` tells whether there were others.
 */
export class EventTable {
  readonly #declarations: readonly Declaration[];
  readonly #byName = new Map<string, Declaration[]>();
  #events: readonly EventModel[] | undefined;

  constructor(events: readonly Declared[]) {
    this.#declarations = events.map(declarationOf);
    for (const declaration of this.#declarations) {
      const same = this.#byName.get(declaration.name);
      if (same) same.push(declaration);
      else this.#byName.set(declaration.name, [declaration]);
    }
  }

  /** All events, in the order of their declarations. */
  get events(): readonly EventModel[] {
    this.#events ??= readable(this.#declarations);
    return this.#events;
  }

  /** The names that are declared. */
  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  get(name: string): EventModel | undefined {
    for (const { event } of this.#byName.get(name) ?? []) if (event) return event;
    return undefined;
  }

  /** True when the name is declared twice with different arguments. */
  isAmbiguous(name: string): boolean {
    const [first, ...others] = readable(this.#byName.get(name) ?? []);
    return others.some((event) => wireShape(event) !== wireShape(first!));
  }

  /** A table of these events, and those of another behind them. */
  concat(other: EventTable): EventTable {
    return new EventTable([...this.#declarations, ...other.#declarations]);
  }
}

/** The wire kinds of an event's arguments in order, such as `"string u64"`. */
export function wireShape(event: EventModel): string {
  return event.arguments.map((argument) => argument.wire).join(" ");
}

function declarationOf(declared: Declared): Declaration {
  return "event" in declared ? declared : { name: declared.name, event: declared };
}

function readable(declarations: readonly Declaration[]): EventModel[] {
  return declarations.flatMap(({ event }) => event ?? []);
}
