import type { ArgumentModel, EventModel } from "../../model/event-model.js";
import type { PrintfValue } from "../../printf/piece.js";

/**
 * How a record of an event lies in a trace: 64 bits for an argument, a length and bytes for a
 * string. Good for the declarations of one event.
 */
export class EventLayout {
  readonly event: EventModel;
  /** The payload's length, or -1 where strings decide it. */
  readonly fixedLength: number;
  readonly #arguments: readonly ArgumentModel[];
  readonly #strings: readonly boolean[];
  /** For each string, the bytes between the string before and it; then those behind the last. */
  readonly #gaps: readonly number[];

  constructor(event: EventModel) {
    this.event = event;
    this.#arguments = event.arguments;
    this.#strings = event.arguments.map(({ wire }) => wire === "string");
    this.fixedLength = this.#strings.includes(true) ? -1 : 8 * this.#strings.length;
    const gaps = [0];
    for (const string of this.#strings) {
      if (string) gaps.push(0);
      else gaps[gaps.length - 1]! += 8;
    }
    this.#gaps = gaps;
  }

  /** True when the arguments fill `length` bytes at `at` exactly. */
  fits(view: DataView, at: number, length: number, little: boolean): boolean {
    if (this.fixedLength >= 0) return this.fixedLength === length;
    const end = at + length;
    const strings = this.#gaps.length - 1;
    let next = at;
    for (let index = 0; index < strings; index++) {
      next += this.#gaps[index]!;
      if (next + 4 > end) return false;
      next += 4 + view.getUint32(next, little);
    }
    return next + this.#gaps[strings]! === end;
  }

  /** Where an argument begins, in bytes from the payload's beginning. */
  position(index: number, view: DataView, at: number, little: boolean): number {
    if (this.fixedLength >= 0) return at + 8 * index;
    let next = at;
    for (let before = 0; before < index; before++) {
      next += this.#strings[before] ? 4 + view.getUint32(next, little) : 8;
    }
    return next;
  }

  /** How the arguments that are declared differ from the `length` bytes that are there. */
  difference(view: DataView, at: number, length: number, little: boolean): string {
    const there = `the record has ${length} bytes`;
    const declared = `declared (${this.#arguments.map(({ type, name }) => `${type.spelling} ${name}`).join(", ")})`;
    if (this.fixedLength >= 0) return `${there}, ${declared} takes ${this.fixedLength}`;
    const end = at + length;
    let next = at;
    for (const [index, string] of this.#strings.entries()) {
      const { name } = this.#arguments[index]!;
      if (next + (string ? 4 : 8) > end) return `${there}, ${declared} ends in it before ${name}`;
      if (!string) {
        next += 8;
        continue;
      }
      const bytes = view.getUint32(next, little);
      next += 4 + bytes;
      if (next > end) return `${there}, ${declared} would have ${name} of ${bytes} bytes`;
    }
    return `${there}, ${declared} leaves ${end - next} over`;
  }
}

/** An argument of 64 bits, by its declared type; `at` is where its eight bytes begin. */
export function integerValue(
  { type }: ArgumentModel,
  view: DataView,
  at: number,
  little: boolean,
): PrintfValue {
  if (type.kind === "integer") {
    if (type.bits === 64) {
      return type.signed ? view.getBigInt64(at, little) : view.getBigUint64(at, little);
    }
    const low = view.getUint32(little ? at : at + 4, little);
    const shift = 32 - type.bits;
    return type.signed ? (low << shift) >> shift : (low << shift) >>> shift;
  }
  const bits = view.getBigUint64(at, little);
  return type.kind === "bool" ? bits !== 0n : bits;
}
