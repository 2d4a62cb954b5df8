import { readFileSync } from "node:fs";
import { LogSink } from "../../../src/runtime/index.js";
import { sharedPath } from "../../support/tools.js";
import { type As, type End, tracingEnds } from "./traced-names.js";

/** What each end traces while something runs, as lines of a log without times. */
export async function tracedLines(
  run: (as: As) => Promise<void>,
): Promise<Readonly<Record<End, readonly string[]>>> {
  const text: Record<End, string> = { source: "", destination: "" };
  const sinkOf = (end: End) => {
    const write = (more: string) => {
      text[end] += more;
    };
    return new LogSink({ timestamps: "none", bufferSize: 0, write });
  };
  const sinks = { source: sinkOf("source"), destination: sinkOf("destination") };
  await tracingEnds((end, event, values) => sinks[end].write(event, values), run);
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
