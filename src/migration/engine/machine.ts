import type { Device } from "./device.js";
import type { GuestRam } from "./guest-ram.js";
import { type RunState, traceRunState, traceVmState } from "./run-state.js";

/** What a guest does while it runs: it writes memory and changes its devices' state. */
export interface Workload {
  /** The guest has run for so many milliseconds more. */
  run(milliseconds: number, machine: Machine): void;
}

/** What a machine is made of. */
export interface MachineOptions {
  /** The machine type, such as `pc-q35-10.2`; the same at both ends. */
  readonly type: string;
  readonly ram: GuestRam;
  /** In the order in which their state is sent. */
  readonly devices: readonly Device[];
  readonly workload?: Workload;
  /** `prelaunch` if left out; of a destination, `inmigrate`. */
  readonly runState?: RunState;
}

/**
 * A guest with its memory, its devices and what it does.
 *
 * It runs on no timer: whoever looks at its memory has it catch up first, and so it does all that
 * it would have done in the time gone by.
 */
export class Machine {
  readonly type: string;
  readonly ram: GuestRam;
  readonly devices: readonly Device[];
  readonly #workload: Workload | undefined;
  #runState: RunState;
  #ranUntil = 0;
  #throttle = 0;

  constructor(options: MachineOptions) {
    this.type = options.type;
    this.ram = options.ram;
    this.devices = options.devices;
    this.#workload = options.workload;
    this.#runState = options.runState ?? "prelaunch";
  }

  get runState(): RunState {
    return this.#runState;
  }

  /** Percent of its time that the guest is held back. */
  get throttle(): number {
    return this.#throttle;
  }

  /** Holds the guest back from now on: so many percent of the time it does nothing. */
  setThrottle(percent: number): void {
    this.catchUp();
    this.#throttle = percent;
  }

  /** Goes to another state; the guest runs in `running` only. */
  setRunState(state: RunState): void {
    if (state === this.#runState) return;
    this.catchUp();
    const before = this.#runState;
    this.#runState = state;
    traceRunState(before, state);
    if (state === "running" || before === "running") traceVmState(state === "running", state);
    this.#ranUntil = performance.now();
  }

  /** Does what the guest has done since it was last looked at. */
  catchUp(): void {
    if (this.#runState !== "running") return;
    const now = performance.now();
    const elapsed = now - this.#ranUntil;
    this.#ranUntil = now;
    this.#workload?.run(elapsed * (1 - this.#throttle / 100), this);
  }
}
