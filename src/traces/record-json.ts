import type { PrintfValue } from "../printf/piece.js";
import type { TraceRecord } from "./record.js";

/** A record as `decode --format jsonl` has it: 64-bit integers are decimal strings. */
export function recordJson(record: TraceRecord): Record<string, unknown> {
  const head = { timestamp: String(record.timestamp), pid: record.pid };
  switch (record.type) {
    case "event":
      return {
        event: record.name,
        ...head,
        arguments: Object.fromEntries(
          record.event.arguments.map(({ name }, index) => [name, jsonValue(record.values[index]!)]),
        ),
      };
    case "dropped":
      return { ...head, dropped: String(record.count) };
    case "raw": {
      const payload = Array.from(record.payload, (byte) => byte.toString(16).padStart(2, "0"));
      return { event: record.name, ...head, damage: record.reason, payload: payload.join("") };
    }
  }
}

function jsonValue(value: PrintfValue): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
