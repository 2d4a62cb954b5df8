import type { CType } from "../model/c-type.js";
import type { ArgumentModel, EventModel } from "../model/event-model.js";
import type { PrintfPiece, PrintfValue } from "../printf/piece.js";

/**
 * A group of events as generated code has it, as far as reading goes: an `EventGroup` of
 * qtrace/runtime is one. `R` is the union of its records.
 */
export interface RecordGroup<R extends ReadRecord = ReadRecord> {
  readonly events: readonly DeclaredEvent[];
  /** Never there: the place where the type of the records is kept. */
  readonly recordType?: R;
}

/** An event of such a group. */
export interface DeclaredEvent {
  readonly group: string;
  readonly name: string;
  /** Name and kind of each argument: `i8` to `u64`, `bool`, `pointer` or `string`. */
  readonly arguments: readonly (readonly [name: string, kind: string])[];
  readonly format: readonly PrintfPiece[];
}

/** A record with its arguments by name, in the declared types: 64-bit kinds are bigint. */
export interface ReadRecord {
  readonly group: string;
  readonly event: string;
  /** Nanoseconds, as the trace has them. */
  readonly timestamp: bigint;
  readonly arguments: Readonly<Record<string, PrintfValue>>;
}

/** What the readers want to know of an event. */
export function modelOf({ group, name, arguments: args, format }: DeclaredEvent): EventModel {
  return {
    group,
    name,
    disabled: false,
    properties: [],
    arguments: args.map(argumentModel),
    format: { parsed: { pieces: [], problems: [] }, wanted: args.length, pieces: format },
    declaration: name,
    place: { file: group, line: 0 },
  };
}

function argumentModel([name, kind]: readonly [string, string]): ArgumentModel {
  const type = typeOfKind(kind);
  return { name, type, wire: type.kind === "string" ? "string" : "u64" };
}

const ranks = { 8: "char", 16: "short", 32: "int", 64: "long" } as const;

/** A C type of that kind; kinds are those of LP64. */
function typeOfKind(kind: string): CType {
  if (kind === "string") return { kind, spelling: "const char *" };
  if (kind === "bool") return { kind, spelling: "bool" };
  if (kind === "pointer") return { kind, spelling: "void *", bits: 64, target, constTarget: false };
  const bits = Number(kind.slice(1));
  const signed = kind.startsWith("i");
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) {
    throw new TypeError(`there is no kind '${kind}' of arguments`);
  }
  const spelling = `${signed ? "" : "u"}int${bits}_t`;
  return { kind: "integer", spelling, bits, signed, rank: ranks[bits] };
}

const target = { kind: "void", spelling: "void" } as const;
