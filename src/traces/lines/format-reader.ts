import type { EventModel } from "../../model/event-model.js";
import type { PrintfConversion, PrintfPiece, PrintfValue } from "../../printf/piece.js";
import { type ConversionReading, readConversion } from "./read-conversion.js";

/** An event's arguments, read back out of the text that its format printed. */
export interface FormatReading {
  /** By the declared types; null for what the text does not tell. */
  readonly values: readonly PrintfValue[];
  /** Names of arguments that the text does not tell for certain; undefined where it tells all. */
  readonly uncertain: readonly string[] | undefined;
}

/**
 * The work for one line ends after this many steps. A real line takes some dozens; a long line that
 * is made for it would take hours.
 */
const STEPS = 20_000;

/** Looking at this many characters of a line counts as one more step. */
const CHARACTERS_PER_STEP = 256;

/** So many ways of reading a line are looked at: `%s%s%s` has thousands. */
const WAYS = 16;

/** What can follow a digit of a number, by the conversion's letter. */
const digits: Readonly<Record<string, RegExp>> = {
  d: /[0-9]/,
  i: /[0-9]/,
  u: /[0-9]/,
  o: /[0-7]/,
  x: /[0-9a-f]/,
  X: /[0-9A-F]/,
  p: /[0-9a-f]/,
};

/** The longest stretch that a conversion can have printed, from where it begins. */
const stretches: Readonly<Record<string, RegExp>> = {
  d: / *[-+ ]?[0-9]+ */y,
  i: / *[-+ ]?[0-9]+ */y,
  u: / *[0-9]+ */y,
  o: / *[0-7]+ */y,
  x: / *(?:0x)?[0-9a-f]+ */y,
  X: / *(?:0X)?[0-9A-F]+ */y,
  p: / *(?:\(nil\)|0x[0-9a-f]+) */y,
};
const plainStretches: Readonly<Record<string, RegExp>> = {
  d: /-?[0-9]+/y,
  i: /-?[0-9]+/y,
  u: /[0-9]+/y,
  o: /[0-7]+/y,
  x: /[0-9a-f]+/y,
  X: /[0-9A-F]+/y,
  p: /\(nil\)|0x[0-9a-f]+/y,
};

/**
 * Turns an event's format round: literal text stands for itself, a conversion for what it can print.
 * A `%s` ends at the first place where all the rest fits. Where the text can be read in other ways,
 * the arguments that differ are said to be uncertain; with very many ways, all that might.
 */
export class FormatReader {
  readonly #event: EventModel;
  readonly #pieces: readonly PrintfPiece[];
  #text = "";
  /** What each conversion has read, on the way that is tried now. */
  readonly #readings: (ConversionReading | undefined)[];
  #first: (ConversionReading | undefined)[] | undefined;
  #ways = 0;
  /** For each piece, whether a further way reads another value there. */
  readonly #differs: boolean[];
  /** No piece before this one can end in two places. */
  readonly #flexible: number;
  /** Places from which the rest is known not to fit: piece, then index into the text. */
  readonly #dead = new Set<number>();
  #steps = 0;

  constructor(event: EventModel) {
    this.#event = event;
    this.#pieces = event.format?.pieces ?? [];
    this.#readings = this.#pieces.map(() => undefined);
    this.#differs = this.#pieces.map(() => false);
    const flexible = this.#pieces.findIndex((piece, index) => {
      if (typeof piece === "string") return false;
      const { specifier, flags, width } = piece;
      const padded = flags !== undefined || width !== undefined;
      return specifier === "s" || specifier === "c" || this.#mayEndEarly(specifier, index, padded);
    });
    this.#flexible = flexible < 0 ? this.#pieces.length : flexible;
  }

  /**
   * Reads the text behind the event's name and blank; undefined where the format cannot print it, or
   * where it took too many steps to find one.
   */
  read(text: string): FormatReading | undefined {
    this.#text = text;
    this.#first = undefined;
    this.#ways = 0;
    this.#differs.fill(false);
    this.#dead.clear();
    this.#steps = 0;
    if (this.#match(0, 0)) this.#differs.fill(true, this.#flexible);
    return this.#first && this.#reading(this.#first);
  }

  /** Tries the pieces from `piece` on; true when it is too much, and no more ways are wanted. */
  #match(piece: number, at: number): boolean {
    if (++this.#steps > STEPS) return true;
    const current = this.#pieces[piece];
    if (current === undefined) return at === this.#text.length && this.#found();
    if (typeof current === "string") {
      return this.#text.startsWith(current, at) && this.#match(piece + 1, at + current.length);
    }
    const place = piece * (this.#text.length + 1) + at;
    if (this.#dead.has(place)) return false;
    const known = this.#ways;
    const enough = this.#tryEnds(current, piece, at);
    if (!enough && this.#ways === known) this.#dead.add(place);
    return enough;
  }

  /** Counts characters that are looked at; true when it is too much. */
  #tooMuch(characters: number): boolean {
    this.#steps += Math.floor(characters / CHARACTERS_PER_STEP);
    return this.#steps > STEPS;
  }

  #found(): boolean {
    const first = this.#first;
    if (!first) this.#first = [...this.#readings];
    else {
      this.#readings.forEach((reading, index) => {
        if (reading?.value !== first[index]?.value) this.#differs[index] = true;
      });
    }
    return ++this.#ways >= WAYS;
  }

  #tryEnds(conversion: PrintfConversion, piece: number, at: number): boolean {
    const { specifier } = conversion;
    if (specifier === "s") return this.#tryStringEnds(conversion, piece, at);
    const text = this.#text;
    if (specifier === "c") {
      const { width = 1 } = conversion;
      if (typeof width !== "number" || at + width > text.length) return false;
      return this.#tryEnd(conversion, piece, at, at + width);
    }
    const padded = conversion.flags !== undefined || conversion.width !== undefined;
    const stretch = (padded ? stretches : plainStretches)[specifier];
    if (!stretch) return false;
    stretch.lastIndex = at;
    if (!stretch.test(text)) return false;
    const longest = stretch.lastIndex;
    if (this.#tooMuch(longest - at)) return true;
    const least = this.#mayEndEarly(specifier, piece, padded) ? at + 1 : longest;
    for (let end = longest; end >= least; end--) {
      if (this.#tryEnd(conversion, piece, at, end)) return true;
    }
    return false;
  }

  /** Whether a number may end before its last digit: what follows it can begin with a digit too. */
  #mayEndEarly(specifier: string, piece: number, padded: boolean): boolean {
    const next = this.#pieces[piece + 1];
    if (next === undefined) return false;
    if (typeof next !== "string") return true;
    return digits[specifier]?.test(next[0]!) || (padded && next.startsWith(" "));
  }

  #tryStringEnds(conversion: PrintfConversion, piece: number, at: number): boolean {
    const text = this.#text;
    const next = this.#pieces[piece + 1];
    if (next === undefined) return this.#tryEnd(conversion, piece, at, text.length);
    if (typeof next !== "string") {
      for (let end = at; end <= text.length; end++) {
        if (this.#tryEnd(conversion, piece, at, end)) return true;
      }
      return false;
    }
    let from = at;
    for (;;) {
      const end = text.indexOf(next, from);
      if (this.#tooMuch((end < 0 ? text.length : end) - from)) return true;
      if (end < 0) return false;
      if (this.#tryEnd(conversion, piece, at, end)) return true;
      from = end + 1;
    }
  }

  #tryEnd(conversion: PrintfConversion, piece: number, at: number, end: number): boolean {
    const argument = this.#event.arguments[conversion.argument];
    if (!argument) return false;
    if (this.#tooMuch(end - at)) return true;
    const reading = readConversion(conversion, argument, this.#text.slice(at, end));
    if (!reading) return false;
    this.#readings[piece] = reading;
    return this.#match(piece + 1, end);
  }

  #reading(first: readonly (ConversionReading | undefined)[]): FormatReading {
    const values: PrintfValue[] = this.#event.arguments.map(() => null);
    const certain = this.#event.arguments.map(() => false);
    this.#pieces.forEach((piece, index) => {
      if (typeof piece === "string") return;
      const reading = first[index]!;
      values[piece.argument] = reading.value;
      certain[piece.argument] = reading.certain && !this.#differs[index];
    });
    if (!certain.includes(false)) return { values, uncertain: undefined };
    const uncertain = this.#event.arguments
      .filter((_, index) => !certain[index])
      .map(({ name }) => name);
    return { values, uncertain };
  }
}
