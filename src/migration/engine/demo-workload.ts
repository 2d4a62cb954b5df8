import { PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import type { Machine, Workload } from "./machine.js";
import type { DeviceState } from "./vmstate-description.js";

/** Nanoseconds of guest time in a millisecond. */
const NANOSECONDS = 1_000_000;

/**
 * A guest that goes through a part of its memory over and over and counts up the first bytes of
 * each page, while its clocks run on.
 */
export class DemoWorkload implements Workload {
  readonly #pagesPerMillisecond: number;
  readonly #workingSet: number;
  #owed = 0;
  #next = 0;

  /** `dirtyRate` in bytes of pages a second, `workingSet` in bytes from the start of memory. */
  constructor(dirtyRate: number, workingSet: number) {
    this.#pagesPerMillisecond = dirtyRate / PAGE_SIZE / 1000;
    this.#workingSet = Math.floor(workingSet / PAGE_SIZE);
  }

  run(milliseconds: number, machine: Machine): void {
    const block = machine.ram.blocks[0];
    this.#owed += milliseconds * this.#pagesPerMillisecond;
    // Whoever looks rarely finds the working set dirty, and no more than that.
    const pages = Math.min(Math.floor(this.#owed), this.#workingSet);
    this.#owed -= Math.floor(this.#owed);
    if (block) for (let count = 0; count < pages; count += 1) this.#touch(block);
    for (const { state } of machine.devices) tick(state, milliseconds);
  }

  #touch(block: RamBlock): void {
    const address = this.#next * PAGE_SIZE;
    const count = new DataView(block.bytes.buffer, address, 4);
    count.setUint32(0, count.getUint32(0) + 1);
    block.write(address, block.bytes.subarray(address, address + 4));
    this.#next = (this.#next + 1) % this.#workingSet;
  }
}

/** Lets the clocks and counters among a device's fields go on. */
function tick(state: DeviceState, milliseconds: number): void {
  const nanoseconds = BigInt(Math.round(milliseconds * NANOSECONDS));
  for (const name of ["cpu_ticks_offset", "cpu_clock_offset", "rip", "last_update"]) {
    const value = state[name];
    if (typeof value === "bigint") state[name] = BigInt.asUintN(63, value + nanoseconds);
  }
}
