import { joinBytes } from "../../bytes/join-bytes.js";

/** What is kept without holding: more than the longest head of a section. */
const KEPT = 1024;

/**
 * The last bytes of an input that is read once, for looking at them again: those of the item that is
 * being read, and after `hold` all from there on, up to a limit.
 */
export class HeldBytes {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #begin: number;
  #length = 0;
  #holding = false;

  /** `begin` is the offset of the first byte that will come. */
  constructor(begin: number, limit: number) {
    this.#begin = begin;
    this.#limit = limit;
  }

  /** Offset of the first byte that is held. */
  get begin(): number {
    return this.#begin;
  }

  get holding(): boolean {
    return this.#holding;
  }

  append(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#holding && this.#length > this.#limit) this.#holding = false;
    while (!this.#holding && this.#length - this.#chunks[0]!.length > KEPT) this.#shift();
  }

  /** What lies before `offset` is not wanted, unless it is held. */
  release(offset: number): void {
    if (this.#holding) return;
    while (this.#chunks.length > 0 && this.#begin + this.#chunks[0]!.length <= offset) {
      this.#shift();
    }
    const ahead = offset - this.#begin;
    if (ahead <= 0 || this.#chunks.length === 0) return;
    this.#chunks[0] = this.#chunks[0]!.subarray(ahead);
    this.#begin += ahead;
    this.#length -= ahead;
  }

  /** From the last offset released on, all is kept. */
  hold(): void {
    if (this.#chunks.length > 0) this.#holding = true;
  }

  /** Nothing more is held. */
  letGo(): void {
    this.#holding = false;
  }

  /** All that is held. */
  all(): Uint8Array {
    if (this.#chunks.length === 1) return this.#chunks[0]!;
    const joined = joinBytes(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  /** Bytes that are held, by their offset in the input. */
  slice(offset: number, length: number): Uint8Array {
    return this.all().subarray(offset - this.#begin, offset - this.#begin + length);
  }

  #shift(): void {
    const { length } = this.#chunks.shift()!;
    this.#begin += length;
    this.#length -= length;
  }
}
