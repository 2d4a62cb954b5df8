import { type ClockRelation, toSourceClock } from "../analysis/relate-clocks.js";
import { formatPrintf } from "../printf/format.js";
import type { EventList } from "../report/evidence.js";
import type { EventRecord } from "../traces/record.js";
import type { RecordCursor } from "../traces/record-cursor.js";

/** Events behind the begin of an item whose arguments are kept; fewer once there are very many. */
const PER_ITEM = 80;
const PER_ITEM_LATER = 8;
const MANY = 120_000;

/** The events with which an item begins at either side. */
const BEGINNINGS: ReadonlySet<string> = new Set([
  "savevm_section_start",
  "savevm_command_send",
  "qemu_loadvm_state_section",
]);

/**
 * All events of a trace, in typed columns: time and name of each, and the arguments of those that a
 * report may show, which are the first ones of each item.
 */
export class EventColumns {
  #count = 0;
  #times = new Float64Array(1 << 14);
  #names = new Uint16Array(1 << 14);
  readonly #known: string[] = [];
  readonly #indices = new Map<string, number>();
  readonly #records = new Map<number, EventRecord>();
  #base: bigint | undefined;
  #sinceBegin = 0;

  add(cursor: RecordCursor): void {
    if (cursor.type !== "event") return;
    if (this.#count === this.#times.length) this.#grow();
    const { name, timestamp } = cursor;
    this.#base ??= timestamp;
    this.#times[this.#count] = Number(timestamp - this.#base);
    this.#names[this.#count] = this.#indexOf(name);
    if (BEGINNINGS.has(name)) this.#sinceBegin = 0;
    if (this.#sinceBegin < (this.#records.size < MANY ? PER_ITEM : PER_ITEM_LATER)) {
      this.#sinceBegin += 1;
      this.#records.set(this.#count, cursor.record() as EventRecord);
    }
    this.#count += 1;
  }

  /** The events as a report wants them; `clocks` moves a destination's to the source's clock. */
  list(clocks?: ClockRelation): EventList {
    const base = this.#base ?? 0n;
    return {
      count: this.#count,
      at: (index) => toSourceClock(clocks, base + BigInt(this.#times[index]!)),
      name: (index) => this.#known[this.#names[index]!]!,
      text: (index) => {
        const record = this.#records.get(index);
        return record ? formatPrintf(record.event.format?.pieces ?? [], record.values) : "";
      },
    };
  }

  #indexOf(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.#known.length);
    return this.#known.push(name) - 1;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const names = new Uint16Array(this.#names.length * 2);
    names.set(this.#names);
    this.#names = names;
  }
}
