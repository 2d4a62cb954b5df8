import type { FormatString } from "../../grammar/format-string.js";
import type { PrintfPiece } from "../printf/piece.js";
import type { CType } from "./c-type.js";

/** An event as everybody behind the grammar sees it. */
export interface EventModel {
  /** The group's name: the folder with `/` turned into `_`, or `root`, or `all`. */
  readonly group: string;
  readonly name: string;
  /** Compiled out: the tracer does nothing. */
  readonly disabled: boolean;
  readonly properties: readonly string[];
  readonly arguments: readonly ArgumentModel[];
  /** Absent where the event declares none. */
  readonly format: FormatModel | undefined;
  /** The declaration on one line, laid out the one way. */
  readonly declaration: string;
  /** Where it is declared, such as `trace-events/migration/trace-events:12`. */
  readonly place: { readonly file: string; readonly line: number };
}

export interface ArgumentModel {
  readonly name: string;
  readonly type: CType;
  /** How a trace's record holds it. */
  readonly wire: WireKind;
}

/**
 * How simpletrace holds an argument: `string` is a length and bytes, all else 64 bits
 * (QEMU scripts/tracetool/backend/simple.py).
 */
export type WireKind = "string" | "u64";

/** A format with its conversions bound to the arguments. */
export interface FormatModel {
  /** The conversions as they are written. */
  readonly parsed: FormatString;
  /** How many arguments the conversions take, `*` included. */
  readonly wanted: number;
  /** Ready to print; conversions behind the last argument print nothing. */
  readonly pieces: readonly PrintfPiece[];
}
