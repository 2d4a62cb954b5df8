import type { ChunkBuffer } from "./chunk-buffer.js";
import type { ItemJudge } from "./item-judge.js";
import { MAPPING_HEAD } from "./item-layout.js";

/** Finds the end of garbage: the next item that is sound, and has another behind it. */
export class GarbageSearch {
  readonly #buffer: ChunkBuffer;
  readonly #judge: ItemJudge;
  #from = -1;
  /** Whether all of it was zeros, so far. */
  zeros = true;

  constructor(buffer: ChunkBuffer, judge: ItemJudge) {
    this.#buffer = buffer;
    this.#judge = judge;
  }

  /** True between `begin` and the end of the garbage. */
  get lost(): boolean {
    return this.#from >= 0;
  }

  /** The byte that is next is no item's. */
  begin(): void {
    this.#from = this.#buffer.offset;
    this.zeros = true;
  }

  /** Goes on; gives how many bytes of garbage there were once its end is found, or the trace ends. */
  search(): number | undefined {
    const buffer = this.#buffer;
    for (;;) {
      if (buffer.held === 0) return buffer.ended ? this.#found() : undefined;
      buffer.has(1);
      if (buffer.offset > this.#from) {
        const look = this.#judge.lookSound(0);
        if (look === "sound") return this.#found();
        if (look === "short" && !buffer.ended) return undefined;
      }
      if (buffer.bytes[buffer.at] !== 0) {
        this.zeros = false;
        buffer.at++;
      } else buffer.at += this.#emptyBytes();
    }
  }

  #found(): number {
    const length = this.#buffer.offset - this.#from;
    this.#from = -1;
    return length;
  }

  /** How many bytes on from a zero the next item can begin: an item has no more zeros than its head. */
  #emptyBytes(): number {
    const { bytes, at, limit } = this.#buffer;
    let next = at;
    while (next < limit && bytes[next] === 0) next++;
    return Math.max(1, next - at - MAPPING_HEAD);
  }
}
