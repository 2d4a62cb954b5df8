import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.js";
import { EventTable } from "../../../src/model/event-table.js";
import { perfettoReport } from "../../../src/report/perfetto/perfetto-report.js";
import {
  eventTable,
  fixture,
  ownEvents,
  readItems,
  readLog,
  readRecords,
} from "../../support/recordings.js";
import { describeWith, sharedPath, testWith } from "../../support/tools.js";

const needed = ["protoc", "perfetto"] as const;

const inputs = {
  items: await readItems(fixture("microvm-file", "stream.bin")),
  source: readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents),
  destination: readRecords(fixture("microvm-file", "destination.simpletrace"), ownEvents),
};

/** Both traces are of one machine. */
const microvm = analyze({ ...inputs, clockOffset: 0n });

describeWith(needed, "a trace by Perfetto's own definitions", (tool) => {
  const text = decode(tool, perfettoReport(microvm));

  test("has no unknown field", () => {
    expect(unknownFields(text)).toEqual([]);
  });

  test("has a process a lane", () => {
    expect(text.match(/process_name: ".*"/g)).toEqual(
      ["Migration of microvm", "Source", "Stream", "Destination"].map(
        (name) => `process_name: "${name}"`,
      ),
    );
  });

  test("has nothing that crosses the sides where their clocks cannot be related", () => {
    const unrelated = decode(tool, perfettoReport(analyze(inputs)));
    expect(unrelated.match(/process_name: ".*"/g)).toEqual(
      ["Migration of microvm", "Source", "Destination (own clock, offset unknown)"].map(
        (name) => `process_name: "${name}"`,
      ),
    );
    expect(unrelated).not.toContain("flow_ids");
    expect(unrelated).not.toContain('name: "downtime"');
    expect(unrelated).not.toContain('name: "critical path"');
  });

  test("has a flow from each save to its load", () => {
    const begun = text.match(/(?<!terminating_)flow_ids: \d+/g) ?? [];
    const ended = text.match(/terminating_flow_ids: \d+/g) ?? [];
    const both = microvm.items.filter(
      ({ source, destination }) => source.status === "paired" && destination.status === "paired",
    );
    expect(begun).toHaveLength(both.length);
    expect(ended).toEqual(begun.map((flow) => `terminating_${flow}`));
  });

  test("tells a section's place in the stream", () => {
    const name = text.indexOf('name: "serial FULL"');
    expect(text.slice(text.lastIndexOf("packet {", name), name)).toMatch(
      /uint_value: 192483\s+name: "offset"/,
    );
  });

  test("counts bytes in bytes", () => {
    expect(text).toMatch(/unit: UNIT_SIZE_BYTES/);
    expect(text).toMatch(/type: TYPE_COUNTER\s+track_uuid: \d+\s+counter_value: \d+/);
  });
});

describeWith(needed, "a trace of a postcopy", (tool) => {
  const dir = (file: string) => fixture("postcopy-faults", file);
  const events = new EventTable([...ownEvents.events, ...eventTable(dir("trace-events")).events]);
  const account = analyze({
    source: readLog(dir("source.log"), events),
    destination: readLog(dir("destination.log"), events),
  });
  const text = decode(tool, perfettoReport(account));

  test("has a wait for each page, with a flow to the source that took it up", () => {
    expect(text).toContain('name: "waits for pages"');
    expect(text).toContain('name: "page requests"');
    expect(text.match(/name: "pc\.ram 0x94b000"/g)).toHaveLength(2);
    const begun = text.match(/(?<!terminating_)flow_ids: \d+/g) ?? [];
    const ended = text.match(/terminating_flow_ids: \d+/g) ?? [];
    expect(new Set(ended)).toEqual(new Set(begun.map((flow) => `terminating_${flow}`)));
  });

  test("has no unknown field", () => expect(unknownFields(text)).toEqual([]));
});

describe("the check for unknown fields", () => {
  testWith(needed, "finds one", (tool) => {
    // Trace.packet, of 3 bytes: TracePacket's field 1023, a varint, which nobody has defined.
    const trace = Uint8Array.of(0x0a, 3, 0xf8, 0x3f, 1);
    expect(unknownFields(decode(tool, trace))).toEqual(["1023: 1"]);
  });
});

describeWith([...needed, "shared"], "of recordings over TCP, a trace", (tool) => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  test.each(["q35-precopy", "q35-postcopy"])("of %s has no unknown field", async (name) => {
    const file = (part: string) => sharedPath("recordings", name, part);
    const account = analyze({
      items: await readItems(file("channel0.bin")),
      source: readRecords(file("source.simpletrace"), events),
      destination: readRecords(file("destination.simpletrace"), events),
    });
    const text = decode(tool, perfettoReport(account));
    expect(text).toContain('name: "0000:00:01.0/virtio-rng FULL"');
    expect(unknownFields(text)).toEqual([]);
    const { stopped, running } = account.downtime;
    const times = text.slice(text.indexOf('name: "downtime"')).match(/(?<=timestamp: )\d+/g)!;
    expect(times.slice(0, 2)).toEqual([String(stopped), String(running)]);
  });
});

/** A trace as protoc prints it; fields that the definitions lack are printed by number. */
function decode(
  { protoc, perfetto }: { readonly protoc: string; readonly perfetto: string },
  trace: Uint8Array,
): string {
  const args = [`--proto_path=${perfetto}`, "--decode=perfetto.protos.Trace"];
  return execFileSync(protoc, [...args, "perfetto_trace.proto"], {
    input: trace,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["pipe", "pipe", "ignore"],
  });
}

function unknownFields(text: string): string[] {
  return (text.match(/^\s*\d+(:| \{).*$/gm) ?? []).map((line) => line.trim());
}
