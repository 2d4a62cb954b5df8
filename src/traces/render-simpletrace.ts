import { rawValues } from "./raw-values.js";
import type { DroppedRecord, EventRecord, TraceRecord } from "./record.js";
import type { RecordCursor } from "./record-cursor.js";

/**
 * Prints records as QEMU's `simpletrace.py` does: name, microseconds since the record before, pid,
 * and the arguments as unsigned hexadecimal or Python bytes.
 */
export class SimpletraceRenderer {
  #last: bigint | undefined;

  /** Takes the record that a cursor stands at for one that was rendered. */
  pass({ type, timestamp }: RecordCursor): void {
    if (type === "event" || type === "dropped") this.#last = timestamp;
  }

  /** The line of a record, without its newline; none for one that `simpletrace.py` cannot print. */
  render(record: TraceRecord): string | undefined {
    if (record.type !== "event" && record.type !== "dropped") return undefined;
    const delta = record.timestamp - (this.#last ?? record.timestamp);
    this.#last = record.timestamp;
    const name = record.type === "dropped" ? "Dropped_Event" : record.name;
    const args = renderArguments(record);
    return `${name} ${microseconds(delta)} pid=${record.pid} ${args.join(" ")}`;
  }
}

function renderArguments(record: EventRecord | DroppedRecord): string[] {
  if (record.type === "dropped") return [`num_events_dropped=0x${record.count.toString(16)}`];
  const raws = rawValues(record.event, record.payload, record.byteOrder ?? "little");
  return raws.map((raw, index) => {
    const { name } = record.event.arguments[index]!;
    return `${name}=${typeof raw === "bigint" ? `0x${raw.toString(16)}` : pythonBytes(raw)}`;
  });
}

function microseconds(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? "-" : "";
  return `${sign}${size / 1000n}.${String(size % 1000n).padStart(3, "0")}`;
}

const escapes: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" };

/** Bytes as Python writes them: `b'…'`, or `b"…"` where only a single quote is inside. */
function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let text = "";
  for (const byte of bytes) {
    if (escapes[byte]) text += escapes[byte];
    else if (byte < 0x20 || byte > 0x7e) text += `\\x${byte.toString(16).padStart(2, "0")}`;
    else if (byte === quote.charCodeAt(0)) text += `\\${quote}`;
    else text += String.fromCharCode(byte);
  }
  return `b${quote}${text}${quote}`;
}
