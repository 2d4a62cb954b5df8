import type { EventModel } from "../../model/event-model.js";
import type { EventTable } from "../../model/event-table.js";
import { EventLayout } from "./event-layout.js";

/** What an id, or a name, of a trace stands for. */
export interface EventBinding {
  readonly name: string;
  /** A small number for the name, the same for all bindings of it. */
  readonly key: number;
  /** Undefined where the name is not declared. */
  readonly layout: EventLayout | undefined;
  /** The whole length of a record of the event, head included; -1 where strings decide it. */
  readonly recordLength: number;
}

const RECORD_HEAD = 24;
/** Ids below are looked up in an array. */
const SMALL = 65536;

/** The events of a trace by their ids there, as mappings tell them or the declarations' order. */
export class EventBindings {
  /** Bindings of ids whose upper half is 0, for the readers' hot loops. */
  readonly small: (EventBinding | undefined)[] = [];
  readonly #large = new Map<bigint, EventBinding>();
  readonly #byName = new Map<string, EventBinding>();
  readonly #events: EventTable;

  constructor(events: EventTable) {
    this.#events = events;
  }

  /** Gives each event its position in the declarations as its id. */
  bindPositions(): void {
    this.#events.events.forEach((event, index) => {
      this.small[index] = this.#bindEvent(event.name, event);
    });
  }

  bind(id: bigint, name: string): void {
    const binding = this.byName(name);
    if (id < SMALL) this.small[Number(id)] = binding;
    else this.#large.set(id, binding);
  }

  /** The binding of an id in halves. */
  get(high: number, low: number): EventBinding | undefined {
    if (high === 0 && low < SMALL) return this.small[low];
    return this.#large.get((BigInt(high) << 32n) | BigInt(low));
  }

  byName(name: string): EventBinding {
    return this.#byName.get(name) ?? this.#bindEvent(name, this.#events.get(name));
  }

  #bindEvent(name: string, event: EventModel | undefined): EventBinding {
    const known = this.#byName.get(name);
    if (known && known.layout?.event === event) return known;
    const layout = event && new EventLayout(event);
    const fixed = layout?.fixedLength ?? -1;
    const binding = {
      name,
      key: known?.key ?? this.#byName.size,
      layout,
      recordLength: fixed < 0 ? -1 : RECORD_HEAD + fixed,
    };
    if (!known) this.#byName.set(name, binding);
    return binding;
  }
}
