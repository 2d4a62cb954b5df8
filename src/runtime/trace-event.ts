import type { PrintfPiece, PrintfValue } from "../printf/piece.js";

/** How a generated tracer passes an argument: a string, or an integer of so many bits. */
export type ArgumentKind = "string" | "pointer" | "bool" | IntegerKind;
type IntegerKind = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64";

/** Name and kind of an argument. */
export type ArgumentDefinition = readonly [name: string, kind: ArgumentKind];

/** A value that a tracer takes. */
export type ArgumentValue = PrintfValue;

/** What generated code tells about an event. */
export interface EventDefinition {
  readonly group: string;
  readonly name: string;
  readonly arguments: readonly ArgumentDefinition[];
  /** The format, ready to print; none where the event declares none. */
  readonly format: readonly PrintfPiece[];
}

/**
 * An event at run time: on or off, and where its records go. Made by `defineEvent`, one for each
 * generated tracer; `enabled` guards arguments that are costly to compute.
 */
export class TraceEvent implements EventDefinition {
  readonly group: string;
  readonly name: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly format: readonly PrintfPiece[];
  /** Unique among the events of this program, from 0 in the order of their definition. */
  readonly id: number;
  /** True when a pattern turned the event on and there is a sink to take it. */
  enabled = false;
  /** Set by the registry; generated code has no business with it. */
  sinks: readonly Sink[] = [];
  readonly #cutOff: CutOff;

  constructor(definition: EventDefinition, id: number, cutOff: CutOff) {
    this.group = definition.group;
    this.name = definition.name;
    this.arguments = definition.arguments;
    this.format = definition.format;
    this.id = id;
    this.#cutOff = cutOff;
  }

  /** Hands a record to every sink. Tracers call it, and only when the event is enabled. */
  emit(...values: readonly ArgumentValue[]): void {
    this.emitLate(undefined, values);
  }

  /** Hands on a record of before: `at` is of `performance.now()`. */
  emitLate(at: number | undefined, values: readonly ArgumentValue[]): void {
    for (const sink of this.sinks) {
      try {
        sink.write(this, values, at);
      } catch (error) {
        this.#cutOff(sink, error);
      }
    }
  }
}

/** What is done about a sink that throws. */
export type CutOff = (sink: Sink, error: unknown) => void;

/** Takes the records of enabled events. */
export interface Sink {
  /**
   * Takes one record: the values as the tracer was given them, not wrapped yet (`wrapValues`). A
   * sink that throws is cut off, and tracing goes on without it.
   *
   * It was traced now, unless `at` tells when, by `performance.now()`: then it was held back
   * (`RecordHold`).
   */
  write(event: TraceEvent, values: readonly ArgumentValue[], at?: number): void;
  /** Writes out what is held back. */
  flush?(): void;
  /** Told of every event that is defined, also of those defined before the sink was added. */
  define?(event: TraceEvent): void;
}
