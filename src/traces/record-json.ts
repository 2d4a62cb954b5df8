import type { PrintfValue } from "../printf/piece.js";
import type { TraceRecord } from "./record.js";
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
        arguments: Object.fromEntries(
          record.event.arguments.map(({ name }, index) => [name, jsonValue(record.values[index]!)]),
        ),
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

function jsonValue(value: PrintfValue): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
