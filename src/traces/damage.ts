import type { RawReason, TraceRecord } from "./record.js";

/**
 * So many kinds of raw records are told apart by the event's name. A log of other origin may have a
 * new word on every line, and memory is not to grow with it.
 */
const RAW_KINDS = 1000;

/** Threads whose last time is remembered: those of a log of other origin may be without number. */
const THREADS = 1000;

/** What is wrong with a trace, counted by name; empty for a whole one. */
export class TraceDamage {
  readonly #counts = new Map<string, number>();
  /** By reason and event, what its records are counted as. */
  readonly #raws = new Map<string, string>();
  /** The last time of each thread or process but the one that told the last record. */
  readonly #times = new Map<number, bigint>();
  #pid = 0;
  #time = 0n;

  /** Takes note of what a record says is wrong, and of timestamps that step back. */
  note(record: TraceRecord): void {
    switch (record.type) {
      case "dropped":
        this.add(damageNames.dropped, Number(record.count));
        break;
      case "raw":
        this.addRaw(record.reason, record.name, record.difference);
        break;
      case "text":
        this.add(damageNames.text, 1);
        break;
      case "garbage":
        this.add(record.zeros ? damageNames.zeros : damageNames.garbage, record.length);
        break;
      case "event":
        if (record.uncertain) this.add(damageNames.uncertain, 1);
        this.noteTime(record.timestamp, record.pid);
    }
  }

  /**
   * Takes note of an event's time alone: whether it steps back. Those of several threads may, where
   * the trace tells them apart: each takes the time before it waits for the log.
   */
  noteTime(timestamp: bigint, pid = 0): void {
    if (pid !== this.#pid) this.#turnTo(pid);
    if (timestamp < this.#time) this.add(damageNames.stepBack, 1);
    this.#time = timestamp;
  }

  #turnTo(pid: number): void {
    if (this.#times.size < THREADS || this.#times.has(this.#pid)) {
      this.#times.set(this.#pid, this.#time);
    }
    this.#pid = pid;
    this.#time = this.#times.get(pid) ?? 0n;
  }

  /** Counts damage under a name. */
  add(name: string, count: number): void {
    if (count > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  /** Counts a raw record; of an event's `difference` the first is kept, as an example of all. */
  addRaw(reason: RawReason, name: string, difference?: string): void {
    const kind = `${reason} ${name}`;
    let counted = this.#raws.get(kind);
    if (counted === undefined) {
      const full = this.#raws.size >= RAW_KINDS;
      counted = full ? rawDamage(reason, "other events") : rawDamage(reason, name, difference);
      if (!full) this.#raws.set(kind, counted);
    }
    this.add(counted, 1);
  }

  /**
   * True where something is missing or cannot be read. Lines of other origin belong in a log, and
   * that a text does not tell all of an argument is nobody's fault: neither is counted here.
   */
  get isDamaged(): boolean {
    for (const name of this.#counts.keys()) {
      if (name !== damageNames.text && name !== damageNames.uncertain) return true;
    }
    return false;
  }

  /** Name and count of each kind of damage. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** Damage that has one name whatever the event. */
export const damageNames = {
  dropped: "events dropped by QEMU",
  garbage: "bytes of garbage between records",
  zeros: "zero bytes between records",
  text: "lines of other origin",
  stepBack: "timestamps that step back",
  uncertain: "records with arguments that the text does not tell for certain",
} as const;

/** The name of what makes a record raw. */
function rawDamage(reason: RawReason, name: string, difference?: string): string {
  const how = difference ? ` (${difference})` : "";
  switch (reason) {
    case "undeclared":
      return `records of ${name}, which is not declared`;
    case "layout":
      return `records of ${name} with other arguments than declared${how}`;
    case "unmapped":
      return `records of ${name}, which the trace does not name`;
    case "format":
      return `records of ${name} with other text than its format prints${how}`;
  }
}
