/** What a thread waits for: so many nanoseconds, or the time that a condition gives once it is known. */
export type Wait = number | (() => number | undefined);

/** A thread of a simulated machine: it yields what it waits for. */
export type Thread<T = void> = Generator<Wait, T, void>;

interface Started {
  readonly thread: Thread;
  wait: () => number | undefined;
}

/** Runs threads side by side, in the order of time. */
export class Schedule {
  /** Nanoseconds of the true time. */
  now = 0;
  #threads: Started[] = [];

  start(thread: Thread): void {
    const { now } = this;
    this.#threads.push({ thread, wait: () => now });
  }

  /** Runs until no thread goes on: what waits for something that never comes is abandoned. */
  run(): void {
    for (;;) {
      let next: Started | undefined;
      let first = Number.POSITIVE_INFINITY;
      for (const entry of this.#threads) {
        const time = Math.max(this.now, entry.wait() ?? Number.POSITIVE_INFINITY);
        if (time < first) [first, next] = [time, entry];
      }
      if (!next) break;
      this.now = first;
      const { done, value } = next.thread.next();
      if (done) this.#threads = this.#threads.filter((entry) => entry !== next);
      else next.wait = typeof value === "number" ? after(first + value) : value;
    }
    this.#threads = [];
  }
}

function after(time: number): () => number {
  return () => time;
}
