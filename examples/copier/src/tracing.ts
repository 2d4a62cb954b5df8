import { openSync, readFileSync, writeFileSync } from "node:fs";
import {
  addSink,
  enableByOption,
  flushSinks,
  listEvents,
  parseTraceOption,
  SimpleSink,
  splitClock,
} from "qtrace/runtime";

/**
 * Switches tracing on as QEMU's `-trace` does: `copier_*,file=trace-1`, or `help` for a list of the
 * events. Nothing happens without such a text.
 */
export function startTracing(text: string | undefined): void {
  if (!text) return;
  const option = parseTraceOption(text);
  if (option.help) {
    process.stdout.write(listEvents());
    process.exit();
  }
  for (const problem of enableByOption(option, (name) => readFileSync(name, "utf8"))) {
    console.error(`copier: ${problem}`);
  }
  const file = openSync(option.file ?? `trace-${process.pid}`, "w");
  addSink(
    new SimpleSink({
      write: (bytes) => writeFileSync(file, bytes),
      clock: splitClock(process.hrtime.bigint),
      pid: process.pid,
    }),
  );
  process.on("exit", flushSinks);
}
