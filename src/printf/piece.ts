/**
 * A format, ready to be printed: literal text, and conversions bound to arguments.
 * What C decides by length modifiers and macros is decided here already: `bits`.
 */
export type PrintfPiece = string | PrintfConversion;

/** A conversion of a format, bound to the argument that it prints. */
export interface PrintfConversion {
  /** The letter, one of `diouxXcsp`. */
  readonly specifier: string;
  /** Index of the argument that is printed. */
  readonly argument: number;
  /** How many bits of an integer are printed: 8, 16, 32 or 64. */
  readonly bits: number;
  /** Any of `-+ #0`. */
  readonly flags?: string;
  /** The least number of characters, or the argument that tells it. */
  readonly width?: number | ArgumentReference;
  /** Digits at least, or bytes of a string at most. */
  readonly precision?: number | ArgumentReference;
}

/** A `*` in a format: the number is taken from an argument. */
export interface ArgumentReference {
  readonly argument: number;
}

/** A value that an event's argument can have. */
export type PrintfValue = number | bigint | boolean | string | null;
