import { divertEvents } from "./registry.js";
import type { ArgumentValue, TraceEvent } from "./trace-event.js";

/** Holds records back until it is known whether what they tell is true. */
export class RecordHold {
  #held: { event: TraceEvent; values: readonly ArgumentValue[]; at: number }[] = [];

  /** Runs something whose records are held back; what it begins and does not wait for is not. */
  during<T>(run: () => T): T {
    const write = (event: TraceEvent, values: readonly ArgumentValue[]) => {
      this.#held.push({ event, values, at: performance.now() });
    };
    return divertEvents({ write }, run);
  }

  /** Gives the sinks what was held, with the times at which it was traced. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const { event, values, at } of held) event.emitLate(at, values);
  }

  /** Forgets what was held. */
  drop(): void {
    this.#held = [];
  }
}
