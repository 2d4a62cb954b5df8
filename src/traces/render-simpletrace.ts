import { pythonBytes } from "./print/python-bytes.js";
import { rawValues } from "./raw-values.js";
import type { DroppedRecord, EventRecord, TraceRecord } from "./record.js";

/**
 * A record as QEMU's `simpletrace.py` prints it: name, microseconds since the record before, pid, and
 * the arguments as unsigned hexadecimal or Python bytes. `before` is the timestamp of the record
 * before; of the first, its own. Undefined for a record that `simpletrace.py` cannot print.
 */
export function renderSimpletrace(record: TraceRecord, before: bigint): string | undefined {
  if (record.type !== "event" && record.type !== "dropped") return undefined;
  const name = record.type === "dropped" ? "Dropped_Event" : record.name;
  const args = renderArguments(record);
  const time = microseconds(record.timestamp - before);
  return `${name} ${time} pid=${record.pid} ${args.join(" ")}`;
}

function renderArguments(record: EventRecord | DroppedRecord): string[] {
  if (record.type === "dropped") return [`num_events_dropped=0x${record.count.toString(16)}`];
  const raws = rawValues(record.event, record.payload, record.byteOrder ?? "little");
  return raws.map((raw, index) => {
    const { name } = record.event.arguments[index]!;
    return `${name}=${typeof raw === "bigint" ? `0x${raw.toString(16)}` : pythonBytes(raw)}`;
  });
}

/** Nanoseconds as microseconds with three decimals. */
export function microseconds(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? "-" : "";
  return `${sign}${size / 1000n}.${String(size % 1000n).padStart(3, "0")}`;
}
