import type { ArgumentValue, TraceEvent } from "./trace-event.js";
import { wrapValue } from "./wrap-value.js";

/** A record as the program itself sees it; generated code narrows it for each event. */
export interface TypedRecord {
  readonly group: string;
  readonly event: string;
  /** Nanoseconds of the clock that the sink was given, or of the trace. */
  readonly timestamp: bigint;
  /**
   * By name, as C has them in the declared types: wrapped to their bits, 64-bit integers and pointers
   * as bigint, `bool` as boolean.
   */
  readonly arguments: Readonly<Record<string, ArgumentValue>>;
}

/** The arguments of an event that has none. */
export type NoArguments = Readonly<Record<string, never>>;

/** Makes a record of what a tracer was given. */
export function typedRecord(
  event: TraceEvent,
  values: readonly ArgumentValue[],
  timestamp: bigint,
): TypedRecord {
  const named: Record<string, ArgumentValue> = {};
  const definitions = event.arguments;
  for (let index = 0; index < definitions.length; index++) {
    const [name, kind] = definitions[index]!;
    const value = wrapValue(kind, values[index] ?? null);
    if (name === "__proto__") Object.defineProperty(named, name, { value, enumerable: true });
    else named[name] = value;
  }
  return { group: event.group, event: event.name, timestamp, arguments: named };
}
