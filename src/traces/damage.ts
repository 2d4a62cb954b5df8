import type { TraceRecord } from "./record.js";

/** What is wrong with a trace, counted by name; empty for a whole one. */
export class TraceDamage {
  readonly #counts = new Map<string, number>();

  /** Takes note of what a record says is wrong. */
  note(record: TraceRecord): void {
    if (record.type === "dropped") this.#add("events dropped by QEMU", Number(record.count));
    else if (record.type === "raw") this.#add(rawDamage[record.reason](record.name), 1);
  }

  /** Name and count of each kind of damage. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  #add(name: string, count: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }
}

const rawDamage = {
  undeclared: (name: string) => `records of ${name}, which is not declared`,
  layout: (name: string) => `records of ${name} with other arguments than declared`,
  unmapped: (name: string) => `records of ${name}, which the trace does not name`,
} as const;
