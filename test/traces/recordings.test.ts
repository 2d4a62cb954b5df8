import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTrace } from "../../src/traces/open-trace.js";
import type { TraceRecord } from "../../src/traces/record.js";
import { renderText } from "../../src/traces/render-text.js";
import { SimpletracePrinter } from "../../src/traces/simpletrace-printer.js";
import { RECORDINGS } from "../support/recording-names.js";
import { eventTable } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** One has its traces as text. */
const names = RECORDINGS.filter((name) => name !== "virt-aarch64-file");
const sides = ["source", "destination"];
const traces = names.flatMap((name) => sides.map((side) => [name, side] as const));

describeWith(["shared"], "real traces", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const path = (name: string, file: string) => sharedPath("recordings", name, file);

  async function read(file: string): Promise<TraceRecord[]> {
    const records: TraceRecord[] = [];
    for await (const record of openTrace(readFileSync(file), events)) records.push(record);
    return records;
  }

  test.each(traces)("%s, %s: printed as simpletrace.py prints it, byte for byte", async (...at) => {
    const [name, side] = at;
    const printer = new SimpletracePrinter();
    const trace = readFileSync(path(name, `${side}.simpletrace`));
    await openTrace(trace, events).each((cursor) => printer.print(cursor));
    const theirs = readFileSync(path(name, `${side}.simpletrace.txt`));
    expect(theirs.equals(printer.take())).toBe(true);
  });

  test.each(traces)("%s, %s: the text is that of the log of the same run", async (name, side) => {
    const records = await read(path(name, `${side}.simpletrace`));
    const ours = records.map(renderText);
    const log = readFileSync(path(name, `${side}.log`), "utf8")
      .split("\n")
      .filter((line) => /^\S+Z \w+ /.test(line))
      .map((line) => line.slice(line.indexOf(" ") + 1));
    // The destination's first event came before its log was open.
    const shown = ours.slice(ours.length - log.length);
    expect(ours.length - log.length).toBe(side === "destination" ? 1 : 0);
    // simpletrace has an empty string for a null one; two threads' lines may stand swapped.
    const plain = (lines: readonly string[]) =>
      lines.map((line) => line.replaceAll("(null)", "")).sort();
    expect(plain(log)).toEqual(plain(shown));
    const differing = log.filter((line, index) => line.replaceAll("(null)", "") !== shown[index]);
    expect(differing.length).toBeLessThan(["q35-postcopy", "q35-multifd"].includes(name) ? 20 : 1);
  });

  test.each(
    ["q35-precopy", "pc-9.2-xbzrle"].flatMap((name) => sides.map((side) => [name, side] as const)),
  )("%s, %s: the log reads back to the records of the simpletrace", async (name, side) => {
    const log = (await read(path(name, `${side}.log`))).filter(({ type }) => type === "event");
    const binary = (await read(path(name, `${side}.simpletrace`))).slice(-log.length);
    expect(log.length).toBeGreaterThan(1000);
    let [certain, uncertain] = [0, 0];
    for (const [index, record] of log.entries()) {
      const other = binary[index]!;
      if (record.type !== "event" || other.type !== "event") throw new Error(renderText(other));
      expect(record.name).toBe(other.name);
      for (const [place, argument] of record.event.arguments.entries()) {
        if (record.uncertain?.includes(argument.name)) {
          uncertain++;
          continue;
        }
        certain++;
        const value = record.values[place] ?? "";
        if (value !== other.values[place]) expect([argument.name, value]).toEqual(other);
      }
    }
    // A path with slashes before "/%s", and a string that may be a null one.
    expect(uncertain / (certain + uncertain)).toBeLessThan(0.35);
  });

  test("a log of the older form, of another architecture, is read whole", async () => {
    const file = path("virt-aarch64-file", "source.log");
    expect(existsSync(file)).toBe(true);
    const old = eventTable(sharedPath("corpus", "qemu-10.0.2", "trace-events-all"));
    const trace = openTrace(readFileSync(file), old);
    let count = 0;
    for await (const record of trace) if (record.type === "event") count++;
    expect(trace.format?.name).toBe("log-thread");
    expect(count).toBe(readFileSync(file, "utf8").match(/^\d+@[\d.]+:/gm)!.length);
  });
});
