import { AsyncLocalStorage } from "node:async_hooks";
import path from "node:path";
import { LogSink } from "../../runtime/log-sink.js";
import { addSink, enableEvents } from "../../runtime/registry.js";
import { SimpleSink } from "../../runtime/simple-sink.js";
import type { Sink } from "../../runtime/trace-event.js";
import { traceFile } from "../recording-layout.js";
import { TraceFile } from "./trace-file.js";

/** The two ends of a migration. */
export type Side = "source" | "destination";

/** Traces both ends of a migration in one process, each into files of its own. */
export interface SideTraces {
  /** Runs something whose events are of one side. */
  readonly as: <T>(side: Side, run: () => Promise<T>) => Promise<T>;
  /** Writes out what is held back, and closes the files. */
  readonly close: () => void;
}

/**
 * Begins `source.simpletrace`, `source.log`, `destination.simpletrace` and `destination.log` in a
 * folder, or those of one side only. There is one set of tracers in a process; whose an event is,
 * its asynchronous context tells. A trace that finds no room ends there: it is no migration's harm.
 * Throws `Failure` if a file cannot be made.
 */
export function openSideTraces(
  folder: string,
  sides: readonly Side[] = ["source", "destination"],
): SideTraces {
  const current = new AsyncLocalStorage<Side>();
  const files: Partial<Record<Side, SideFiles>> = {};
  for (const side of sides) files[side] = openFiles(folder, side);
  const sinksOf = () => files[current.getStore() ?? "source"]?.sinks ?? [];
  const remove = addSink({
    define: (event) => {
      for (const { sinks } of Object.values(files)) for (const sink of sinks) sink.define?.(event);
    },
    write: (event, values, at) => {
      for (const sink of sinksOf()) sink.write(event, values, at);
    },
  });
  enableEvents("*");
  return {
    as: (side, run) => current.run(side, run),
    close: () => {
      remove();
      for (const side of Object.values(files)) side.close();
    },
  };
}

interface SideFiles {
  readonly sinks: readonly Sink[];
  readonly close: () => void;
}

function openFiles(folder: string, side: Side): SideFiles {
  const simple = new TraceFile(path.join(folder, traceFile(side, "simpletrace")));
  const log = new TraceFile(path.join(folder, traceFile(side, "log")));
  const sinks: Sink[] = [
    new SimpleSink({
      write: (bytes) => simple.write(bytes),
      clock: process.hrtime.bigint,
      pid: process.pid,
    }),
    new LogSink({ write: (text) => log.write(Buffer.from(text)) }),
  ];
  return {
    sinks,
    close: () => {
      for (const sink of sinks) sink.flush?.();
      for (const file of [simple, log]) file.close();
    },
  };
}
