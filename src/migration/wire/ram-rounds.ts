/**
 * Tells rounds by the order of pages: the source goes through each block upwards, and through the
 * blocks in the order of the list, so that a step back begins a round. With multifd, a sync point
 * does. Pages that a destination asked for (after POSTCOPY_RUN) come in any order: call `stop`.
 */
export class RoundCounter {
  #round = 0;
  #block = -1;
  #address = -1;
  #seen = false;
  #stopped = false;
  #flushed = false;

  /** The round that a page of the block with that number in the list is of, the first being 0. */
  of(block: number, address: number): number {
    const isBack = block < this.#block || (block === this.#block && address <= this.#address);
    if (isBack && !this.#stopped && !this.#flushed) this.#next();
    this.#seen = true;
    this.#block = block;
    this.#address = address;
    return this.#round;
  }

  /** A sync point with the multifd channels. */
  flush(): void {
    this.#flushed = true;
    if (this.#seen && !this.#stopped) this.#next();
  }

  /** The source went through memory in order for the last time. */
  stop(): void {
    if (this.#seen && !this.#stopped) this.#next();
    this.#stopped = true;
  }

  #next(): void {
    this.#round += 1;
    this.#seen = false;
    this.#block = -1;
    this.#address = -1;
  }
}
