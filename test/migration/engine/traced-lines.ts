import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { addSink, disableAllEvents, enableEvents, LogSink } from "../../../src/runtime/index.js";
import { sharedPath } from "../../support/tools.js";
import type { End } from "./traced-names.js";

/** What each end traces while something runs, as lines of a log without times. */
export async function tracedLines(
  run: (as: <T>(end: End, part: () => Promise<T>) => Promise<T>) => Promise<void>,
): Promise<Readonly<Record<End, readonly string[]>>> {
  const text: Record<End, string> = { source: "", destination: "" };
  const sinkOf = (end: End) =>
    new LogSink({
      timestamps: "none",
      bufferSize: 0,
      write: (more) => {
        text[end] += more;
      },
    });
  const sinks = { source: sinkOf("source"), destination: sinkOf("destination") };
  const current = new AsyncLocalStorage<End>();
  const remove = addSink({
    write(event, values) {
      const end = current.getStore();
      if (end) sinks[end].write(event, values);
    },
  });
  enableEvents("*");
  try {
    await run((of, part) => current.run(of, part));
  } finally {
    disableAllEvents();
    remove();
  }
  return { source: lines(text.source), destination: lines(text.destination) };
}

/** The same of a log that QEMU wrote. */
export function realLines(recording: string, end: End): string[] {
  const log = readFileSync(sharedPath("recordings", recording, `${end}.log`), "utf8");
  return lines(log).map((line) => line.slice(line.indexOf(" ") + 1));
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
