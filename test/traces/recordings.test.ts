import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTrace } from "../../src/traces/open-trace.js";
import type { EventRecord, TraceRecord } from "../../src/traces/record.js";
import { renderText } from "../../src/traces/render-text.js";
import { SimpletracePrinter } from "../../src/traces/simpletrace-printer.js";
import { RECORDINGS } from "../support/recording-names.js";
import { eventTable } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** One has its traces as text. */
const names = RECORDINGS.filter((name) => name !== "virt-aarch64-file");
const sides = ["source", "destination"];
const traces = names.flatMap((name) => sides.map((side) => [name, side] as const));

/** Several threads trace in these. */
const THREADED = ["q35-postcopy", "q35-multifd"];

/** The lines of each event, in their order; those of a channel's threads sorted. */
function byName(lines: readonly string[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const line of lines) {
    const name = /^\w+/.exec(line)![0];
    groups[name] ??= [];
    groups[name].push(line);
  }
  for (const [name, group] of Object.entries(groups)) if (name.includes("multifd")) group.sort();
  return groups;
}

/**
 * Events whose format joins two strings by a text that these contain, too, and the places of the two:
 * where the log has it more than once, nobody can say which of them is the format's.
 */
const AMBIGUOUS: Readonly<Record<string, { places: [number, number]; by: string }>> = {
  vmstate_save_state_loop: { places: [0, 1], by: "/" },
  vmstate_subsection_save_loop: { places: [0, 1], by: "/" },
  vmstate_subsection_load_bad: { places: [1, 2], by: "/" },
  vmstate_load_state_end: { places: [0, 1], by: " " },
};

function isAmbiguous({ name, values }: EventRecord): boolean {
  const joined = AMBIGUOUS[name];
  if (!joined) return false;
  const text = joined.places.map((place) => values[place]).join(joined.by);
  return text.split(joined.by).length > 2;
}

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
    // simpletrace has an empty string for a null one.
    const said = log.map((line) => line.replaceAll("(null)", ""));
    if (!THREADED.includes(name)) expect(said).toEqual(shown);
    // Several threads' lines may be swapped, which are those of different events, or of channels.
    expect(byName(said)).toEqual(byName(shown));
  });

  test.each(
    ["q35-precopy", "pc-9.2-xbzrle"].flatMap((name) => sides.map((side) => [name, side] as const)),
  )("%s, %s: the log reads back to the records of the simpletrace", async (name, side) => {
    const log = (await read(path(name, `${side}.log`))).filter(({ type }) => type === "event");
    const binary = (await read(path(name, `${side}.simpletrace`))).slice(-log.length);
    expect(log.length).toBeGreaterThan(1000);
    let uncertain = 0;
    // Each is compared by hand: hundreds of thousands of calls of expect() would take ten times as long.
    const different = log.filter((record, index) => {
      const other = binary[index]!;
      if (record.type !== "event" || other.type !== "event") throw new Error(renderText(other));
      const differing = isAmbiguous(other) ? AMBIGUOUS[other.name]!.places : [];
      uncertain += differing.length;
      const names = record.event.arguments.map((argument) => argument.name);
      const expected = differing.map((place) => names[place]);
      return (
        record.name !== other.name ||
        (record.uncertain ?? []).join() !== expected.join() ||
        other.values.some(
          (value, place) =>
            !differing.some((one) => one === place) && (record.values[place] ?? "") !== value,
        )
      );
    });
    expect(different).toEqual([]);
    expect(uncertain).toBeGreaterThan(0);
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
