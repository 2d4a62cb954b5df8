import { decodeUtf8 } from "../bytes/utf8.js";
import { formatPrintf } from "../printf/format.js";
import type { RawRecord, TraceRecord } from "./record.js";

/** A record as QEMU's log backend prints it: the event's name, a blank, its format filled in. */
export function renderText(record: TraceRecord): string {
  switch (record.type) {
    case "event": {
      const text = record.text ?? formatPrintf(record.event.format?.pieces ?? [], record.values);
      return `${record.name} ${text}`;
    }
    case "dropped":
      return `[${record.count} events dropped]`;
    case "raw":
      return `${record.name} ${rawText(record)}`;
    case "text":
      return record.text;
    case "garbage":
      return `[${record.length} ${record.zeros ? "zero bytes" : "bytes of garbage"}]`;
  }
}

function rawText({ reason, payload }: RawRecord): string {
  if (reason === "format") return decodeUtf8(payload);
  return `[${reason}] ${hexText(payload)}`;
}

/** Bytes as hexadecimal digits. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
