import { decodeUtf8 } from "../../bytes/utf8.js";
import type { EventModel } from "../../model/event-model.js";
import type { EventTable } from "../../model/event-table.js";
import { EventLayout } from "./event-layout.js";
import { RECORD_HEAD, RECORD_LIMIT } from "./item-layout.js";
import { joinHalves } from "./join-halves.js";
import { MappedNames } from "./mapped-names.js";

/**
 * What an id, or a name, of a trace stands for. Most events that a trace names have no record: what
 * is declared of one is looked at when the first comes (`EventBindings.resolve`).
 */
export class EventBinding {
  readonly name: string;
  readonly event: EventModel | undefined;
  /** A small number for the name, the same for all bindings of it; -1 until resolved. */
  key = -1;
  /** Undefined until resolved, and where the name is not declared. */
  layout: EventLayout | undefined;
  /**
   * The whole length of a record of the event, head included; -1 where strings decide it, -2 where
   * it is not declared, or not yet resolved.
   */
  recordLength = -2;

  constructor(name: string, event: EventModel | undefined) {
    this.name = name;
    this.event = event;
  }

  /** True for a record of `length` bytes, head included, with strings that is as declared. */
  fits(view: DataView, at: number, length: number, little: boolean): boolean {
    if (this.recordLength !== -1 || length < RECORD_HEAD || length > RECORD_LIMIT) return false;
    return this.layout!.fits(view, at + RECORD_HEAD, length - RECORD_HEAD, little);
  }
}

/** Ids below are looked up in arrays. */
export const SMALL_ID = 65536;

/** The events of a trace by their ids there, as mappings tell them or the declarations' order. */
export class EventBindings {
  /** Bindings of small ids, as far as `get` was asked for them; for the readers' hot loops. */
  readonly small: (EventBinding | undefined)[] = [];
  readonly #names = new MappedNames();
  /** Counts of ids that have another name now. */
  readonly #earlier = new Map<string, number>();
  /** `recordLength` by id, 0 for what is not resolved; a power of two long. */
  lengths = new Int32Array(1024);
  /** Counters by id, as long as `lengths`. */
  counts = new Float64Array(1024);
  readonly #large = new Map<bigint, EventBinding>();
  readonly #keys = new Map<string, number>();
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

  /** Gives a name, of `length` bytes at `from`, to an id in halves. An id may be given anew. */
  bind(high: number, low: number, bytes: Uint8Array, from: number, length: number): void {
    if (high !== 0 || low >= SMALL_ID) {
      const name = decodeUtf8(bytes.subarray(from, from + length));
      this.#large.set(joinHalves(high, low), this.byName(name));
      return;
    }
    // An array with holes would be a hash table to the engine.
    while (this.small.length <= low) this.small.push(undefined);
    if (this.small[low]) this.#unbind(low);
    this.#names.set(low, bytes, from, length);
  }

  /** The binding of an id in halves. */
  get(high: number, low: number): EventBinding | undefined {
    if (high !== 0 || low >= SMALL_ID) return this.#large.get(joinHalves(high, low));
    if (this.small[low]) return this.small[low];
    const name = this.#names.get(low);
    if (name === undefined) return undefined;
    this.small[low] = this.byName(name);
    return this.small[low];
  }

  /** How many records were counted in `counts`, by name. */
  counted(): Map<string, number> {
    const byName = new Map(this.#earlier);
    this.counts.forEach((count, id) => {
      if (count > 0) add(byName, this.small[id]!.name, count);
    });
    return byName;
  }

  /** What was looked at of an id is to be looked at again. */
  #unbind(id: number): void {
    const count = this.counts[id] ?? 0;
    if (count > 0) add(this.#earlier, this.small[id]!.name, count);
    this.small[id] = undefined;
    if (id >= this.lengths.length) return;
    this.counts[id] = 0;
    this.lengths[id] = 0;
  }

  byName(name: string): EventBinding {
    return this.#byName.get(name) ?? this.#bindEvent(name, this.#events.get(name));
  }

  /** Looks at what is declared, when the first record with an id has come. */
  resolve(binding: EventBinding, high: number, low: number): void {
    if (binding.key < 0) this.#resolveName(binding);
    if (high !== 0 || low >= SMALL_ID) return;
    if (low >= this.lengths.length) this.#grow(low);
    this.lengths[low] = binding.recordLength;
  }

  #resolveName(binding: EventBinding): void {
    const key = this.#keys.get(binding.name) ?? this.#keys.size;
    this.#keys.set(binding.name, key);
    binding.key = key;
    if (!binding.event) return;
    binding.layout = new EventLayout(binding.event);
    const { fixedLength } = binding.layout;
    binding.recordLength = fixedLength < 0 ? -1 : RECORD_HEAD + fixedLength;
  }

  #grow(id: number): void {
    const length = 2 ** Math.ceil(Math.log2(id + 1));
    const [lengths, counts] = [this.lengths, this.counts];
    this.lengths = new Int32Array(length);
    this.counts = new Float64Array(length);
    this.lengths.set(lengths);
    this.counts.set(counts);
  }

  #bindEvent(name: string, event: EventModel | undefined): EventBinding {
    const known = this.#byName.get(name);
    if (known && known.event === event) return known;
    const binding = new EventBinding(name, event);
    if (!known) this.#byName.set(name, binding);
    return binding;
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
