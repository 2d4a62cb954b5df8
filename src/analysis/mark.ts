import type { EventRecord } from "../traces/record.js";

/** A stretch of time that a trace tells of an item: saved at the source, or loaded at the destination. */
export interface Mark {
  /** What it is of; an item with the same key can be its pair. */
  readonly key: string;
  /** Nanoseconds of the trace's own clock. */
  readonly start: bigint;
  /** The last that the trace tells of it; `start` where it tells no more. */
  readonly end: bigint;
  /** The events that tell it, in words. */
  readonly events: string;
  /** Whether the event that ends it is missing. */
  readonly isOpen?: boolean;
  /** When its thread is next seen at something else. */
  readonly next?: bigint;
  /** That the event that starts it is missing: it started after `start`, or before. */
  readonly startIs?: "early" | "late";
  /** Which load of RAM it was, from 1, where the destination counts them. */
  readonly ramLoad?: number;
  /** The value of a PING, where it is told. */
  readonly ping?: number;
}

/** A mark under construction. */
export type OpenMark = { -readonly [K in keyof Mark]: Mark[K] };

/** A string argument of a record, by name. */
export function textArgument(record: EventRecord, name: string): string | undefined {
  const value = argument(record, name);
  return typeof value === "string" ? value : undefined;
}

/** An integer argument of a record, by name; of a bool, 1 or 0. */
export function numberArgument(record: EventRecord, name: string): number | undefined {
  const value = argument(record, name);
  return value === undefined || value === null || typeof value === "string"
    ? undefined
    : Number(value);
}

function argument(record: EventRecord, name: string) {
  const index = record.event.arguments.findIndex((declared) => declared.name === name);
  return index < 0 ? undefined : record.values[index];
}
