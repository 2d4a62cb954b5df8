import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { LogSink } from "../../runtime/log-sink.js";
import { addSink, enableEvents } from "../../runtime/registry.js";
import { SimpleSink } from "../../runtime/simple-sink.js";
import type { Sink } from "../../runtime/trace-event.js";

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
  const simple = openSync(path.join(folder, `${side}.simpletrace`), "w");
  const log = openSync(path.join(folder, `${side}.log`), "w");
  const sinks: Sink[] = [
    new SimpleSink({
      write: quietly((bytes: Uint8Array) => writeSync(simple, bytes)),
      clock: process.hrtime.bigint,
      pid: process.pid,
    }),
    new LogSink({ write: quietly((text: string) => writeSync(log, text)) }),
  ];
  return {
    sinks,
    close: () => {
      for (const sink of sinks) sink.flush?.();
      for (const file of [simple, log]) closeSync(file);
    },
  };
}

/** Writes until a write fails. */
function quietly<T>(write: (data: T) => void): (data: T) => void {
  let failed = false;
  return (data) => {
    if (failed) return;
    try {
      write(data);
    } catch {
      failed = true;
    }
  };
}
