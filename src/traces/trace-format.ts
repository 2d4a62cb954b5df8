import type { ByteOrder } from "../bytes/byte-order.js";
import type { EventTable } from "../model/event-table.js";
import type { TraceClock } from "./lines/line-format.js";
import { lineFormats } from "./lines/line-formats.js";
import { LogReader } from "./lines/log-reader.js";
import type { SimpletraceVersion } from "./simpletrace/header.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";
import { Simpletrace0Reader } from "./simpletrace/version-0-reader.js";
import type { TraceReader } from "./trace-reader.js";

/** A format that traces are read in. */
export interface TraceFormat {
  /** Such as `simpletrace-4`, `simpletrace-4-big-headerless`, `log-iso`. */
  readonly name: string;
  /** What its timestamps count from. */
  readonly clock: TraceClock;
  /** A reader of one trace, from its first byte on. */
  readonly reader: (events: EventTable) => TraceReader;
}

/** simpletrace of a version and byte order. */
export function simpletraceFormat(
  version: SimpletraceVersion,
  order: ByteOrder,
  header: boolean,
): TraceFormat {
  return {
    name: `simpletrace-${version}${order === "big" ? "-big" : ""}${header ? "" : "-headerless"}`,
    // SystemTap, which writes no header, takes the wall clock's time.
    clock: header ? "monotonic" : "realtime",
    reader: (events) =>
      version === 0
        ? new Simpletrace0Reader(events, order, header)
        : new SimpletraceScanner(events, order, {
            prefix: version === 4 ? 8 : 0,
            header,
            positions: version !== 4 || !header,
          }),
  };
}

const orders = ["little", "big"] as const;
const versions = [4, 3, 2, 0] as const;

/** All formats, by what `name` says; the order is the one in which they are tried. */
export const traceFormats: readonly TraceFormat[] = [
  ...[true, false].flatMap((header) =>
    versions.flatMap((version) => orders.map((order) => simpletraceFormat(version, order, header))),
  ),
  ...lineFormats.map(
    (format): TraceFormat => ({
      name: format.name,
      clock: format.clock,
      reader: (events) => new LogReader(events, format),
    }),
  ),
];

/** The format of a name; undefined where there is none. */
export function traceFormat(name: string): TraceFormat | undefined {
  return traceFormats.find((format) => format.name === name);
}
