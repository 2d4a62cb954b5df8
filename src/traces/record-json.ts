import type { PrintfValue } from "../printf/piece.js";
import type { EventRecord, TraceRecord } from "./record.js";
import { hexText } from "./render-text.js";

/**
 * A record as `decode --format jsonl` has it (docs/decode.md): 64-bit integers are decimal
 * strings, a timestamp that the trace does not tell is null.
 */
export function recordJson(record: TraceRecord): Record<string, unknown> {
  const timestamp = record.timestamp === 0n ? null : String(record.timestamp);
  const head = { timestamp, pid: record.pid };
  switch (record.type) {
    case "event":
      return {
        event: record.name,
        ...head,
        arguments: argumentsJson(record),
        ...(record.uncertain && { uncertain: record.uncertain }),
      };
    case "dropped":
      return { ...head, dropped: String(record.count) };
    case "raw": {
      const payload = hexText(record.payload);
      const { difference } = record;
      return {
        event: record.name,
        ...head,
        damage: record.reason,
        payload,
        ...(difference && { difference }),
      };
    }
    case "text":
      return { ...head, text: record.text };
    case "garbage":
      return { offset: record.offset, garbage: record.length, zeros: record.zeros };
  }
}

/** An event's arguments by name: 64-bit integers are decimal strings. */
export function argumentsJson({ event, values }: EventRecord): Record<string, unknown> {
  // Not by assignment: an argument may be called `__proto__`.
  return Object.fromEntries(
    values.map((value, index) => [event.arguments[index]!.name, jsonValue(value)]),
  );
}

function jsonValue(value: PrintfValue): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
