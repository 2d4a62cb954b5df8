import type { OffsetSink } from "../../../src/migration/engine/offset-sink.js";

/** A file in memory, which takes some bytes of a write only if told so, and notes how it is used. */
export class MemoryFile implements OffsetSink {
  closed = 0;
  writes = 0;
  mostAtOnce = 0;
  #bytes = new Uint8Array(0);
  #size = 0;
  #outstanding = 0;
  readonly #atMost: number;

  constructor(atMost = Number.POSITIVE_INFINITY) {
    this.#atMost = atMost;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  async writeAt(offset: number, bytes: Uint8Array): Promise<number> {
    this.writes += 1;
    this.#outstanding += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#outstanding);
    await undefined;
    const taken = bytes.subarray(0, this.#atMost);
    this.#grow(offset + taken.length);
    this.#bytes.set(taken, offset);
    this.#outstanding -= 1;
    return taken.length;
  }

  close(): void {
    this.closed += 1;
  }

  #grow(size: number): void {
    this.#size = Math.max(this.#size, size);
    if (size <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * size);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
