import { trace_cpu_throttle_set, trace_migration_throttle } from "../../../generated/migration.js";
import type { Machine } from "./machine.js";

/** How a guest is slowed down that dirties memory faster than it goes (QEMU qapi/migration.json). */
export interface AutoConvergeOptions {
  /** Percent of its time that the guest is held back at first; 20 if left out. */
  readonly initial?: number;
  /** Percent that are added where that does not do; 10 if left out. */
  readonly increment?: number;
  /** Percent at most; 99 if left out. */
  readonly max?: number;
}

/** The guest dirties more than this share of what is sent: it is too fast (throttle-trigger-threshold). */
const TRIGGER = 0.5;
/** So often in a row it must be too fast before it is held back. */
const TIMES = 2;

/** Holds the guest back, more and more, until what it dirties can be sent (QEMU migration/ram.c: migration_trigger_throttle). */
export class AutoConverge {
  readonly #machine: Machine;
  readonly #options: Required<AutoConvergeOptions>;
  #tooFast = 0;

  constructor(machine: Machine, { initial = 20, increment = 10, max = 99 }: AutoConvergeOptions) {
    this.#machine = machine;
    this.#options = { initial, increment, max };
  }

  /** A period is over, in which so many bytes were dirtied and so many sent. */
  period(dirtied: number, sent: number): void {
    if (dirtied <= sent * TRIGGER) return;
    this.#tooFast += 1;
    if (this.#tooFast < TIMES) return;
    this.#tooFast = 0;
    trace_migration_throttle();
    this.#hold();
  }

  #hold(): void {
    const { initial, increment, max } = this.#options;
    const { throttle } = this.#machine;
    const percent = Math.min(max, throttle === 0 ? initial : throttle + increment);
    if (percent === throttle) return;
    trace_cpu_throttle_set(percent);
    this.#machine.setThrottle(percent);
  }
}
