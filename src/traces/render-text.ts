import { formatPrintf } from "../printf/format.js";
import type { RawRecord, TraceRecord } from "./record.js";

/** A record as QEMU's log backend prints it: the event's name, a blank, its format filled in. */
export function renderText(record: TraceRecord): string {
  switch (record.type) {
    case "event":
      return `${record.name} ${formatPrintf(record.event.format?.pieces ?? [], record.values)}`;
    case "dropped":
      return `[${record.count} events dropped]`;
    case "raw":
      return `${record.name} ${rawText(record)}`;
  }
}

function rawText({ reason, payload }: RawRecord): string {
  const hex = Array.from(payload, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `[${reason}] ${hex}`;
}
