import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../../src/analysis/account.js";
import { analyze } from "../../../src/analysis/analyze.js";
import { perfettoReport } from "../../../src/report/perfetto/perfetto-report.js";
import { madeSections, microvm, microvmInputs, postcopyFaults } from "../made-analysis.js";
import { type PerfettoTrace, readPerfetto, type TrackRecord } from "../parsers/perfetto-slices.js";

const SIDES = [
  ["source", "Source", "saves"],
  ["destination", "Destination", "loads"],
] as const;

const read = (analysis: MigrationAccount) => readPerfetto(perfettoReport(analysis));
const onTrack = (trace: PerfettoTrace, process: string, track: string) =>
  trace.slices.filter((slice) => slice.process === process && slice.track === track);
const times = ({ name, start, end }: TrackRecord) => [name, start, end];

/** Expects a slice for each item at each side, a flow from save to load, and what is in between. */
function expectItems(analysis: MigrationAccount): void {
  const trace = read(analysis);
  for (const [side, process, track] of SIDES) {
    const expected = analysis.items.flatMap(({ label, [side]: pairing }) =>
      pairing.status === "paired" ? [[label, pairing.start, pairing.end]] : [],
    );
    expect(onTrack(trace, process, track).map(times)).toEqual(expected);
  }
  const both = analysis.items.flatMap(({ label, source, destination }) =>
    source.status === "paired" && destination.status === "paired"
      ? [[label, source.start, destination.start]]
      : [],
  );
  expect(onTrack(trace, "Stream", "on the way").map(times)).toEqual(both);
  const loads = onTrack(trace, "Destination", "loads");
  const flows = onTrack(trace, "Source", "saves").flatMap((save) => {
    const ended = loads.filter(({ terminatingFlow }) => terminatingFlow === save.flow);
    return save.flow === undefined ? [] : ended.map((load) => [save.name, save.start, load.start]);
  });
  expect(flows).toEqual(both);
}

describe("a trace for Perfetto", () => {
  const trace = read(microvm);

  test("has the items of a recording", () => expectItems(microvm));

  test.each([0, 1, 79, 80, 81, 300])("has all of %i sections", (count) => {
    expectItems({ ...microvm, items: madeSections(count, microvm.downtime.stopped!) });
  });

  test("has an item's place and how it was found", () => {
    for (const [index, slice] of onTrack(trace, "Source", "saves").entries()) {
      const { item, source } = microvm.items[index]!;
      expect(slice.annotations).toMatchObject({
        ...{ offset: item.offset, size: item.size },
        "paired by": source.status === "paired" && source.how,
      });
    }
    const streamless = onTrack(read({ ...microvm, streamSize: undefined }), "Source", "saves");
    expect(Object.keys(streamless[0]!.annotations)).not.toContain("offset");
  });

  test("has the phases, the downtime and its path", () => {
    const process = "Migration of microvm";
    const { path, stopped, running } = microvm.downtime;
    expect(onTrack(trace, process, "phases").map(times)).toEqual(
      microvm.phases.map(({ name, start, end }) => [name, start, end]),
    );
    expect(onTrack(trace, process, "downtime").map(times)).toEqual([
      ["guest stopped", stopped, running],
    ]);
    const steps = onTrack(trace, process, "critical path");
    expect(steps.map(times)).toEqual(
      path.map(({ kind, what, start, end }) => [`${kind} ${what}`, start, end]),
    );
    expect(steps.map(({ annotations }) => annotations.side)).toEqual(path.map(({ side }) => side));
  });

  test("has the range of what is not exact", () => {
    const [first, ...path] = microvm.downtime.path;
    const bounds = { lower: 1_000_000n, upper: 3_000_000n };
    const guestBounds = { lower: 160_000_000n, upper: 164_000_000n };
    const downtime = { ...microvm.downtime, guestBounds, path: [{ ...first!, bounds }, ...path] };
    const ranged = read({ ...microvm, downtime });
    const [step, next] = onTrack(ranged, "Migration of microvm", "critical path");
    expect(step!.name).toBe(`~${first!.kind} ${first!.what}`);
    expect(step!.annotations.took).toBe("1.000 to 3.000 ms");
    expect(next!.annotations.took).toBeUndefined();
    const [still] = onTrack(ranged, "Migration of microvm", "downtime");
    expect(still!.annotations.took).toBe("160.000 to 164.000 ms");
    const items = microvm.items.map((item, index) => ({
      ...item,
      source:
        item.source.status === "paired" && index > 0 && index < 3
          ? { ...item.source, interval: (["bound", "open"] as const)[index - 1]! }
          : item.source,
    }));
    const took = onTrack(read({ ...microvm, items }), "Source", "saves").map(
      ({ annotations }) => annotations.took,
    );
    expect(took[0]).toBeUndefined();
    expect(took[1]).toMatch(/^at most/);
    expect(took[2]).toMatch(/^unknown/);
  });

  test("has each side's checkpoints", () => {
    expect(trace.instants.map(({ process, name, start }) => [process, name, start])).toEqual(
      SIDES.flatMap(([side, process]) =>
        microvm.downtime.checkpoints
          .filter((checkpoint) => checkpoint.side === side)
          .map(({ name, at }) => [process, name, at]),
      ),
    );
  });

  test("counts the bytes sent and read", () => {
    const counts = (given: PerfettoTrace, name: string) =>
      given.counts.filter(({ track }) => track === name).map(({ start, value }) => [start, value]);
    const ends = (side: "source" | "destination") =>
      microvm.items.flatMap(({ item, [side]: pairing }) =>
        pairing.status === "paired" ? [[pairing.end, BigInt(item.offset + item.size)]] : [],
      );
    expect(counts(trace, "bytes sent")).toEqual(
      microvm.sent.map(({ at, bytes }) => [at, BigInt(bytes)]),
    );
    expect(counts(trace, "bytes read")).toEqual(ends("destination"));
    expect(counts(read({ ...microvm, sent: [] }), "bytes sent")).toEqual(ends("source"));
    const streamless = read({ ...microvm, sent: [], streamSize: undefined });
    expect(streamless.counts).toEqual([]);
  });

  test("has no slices of one track that overlap, and as few tracks as that takes", () => {
    const at = (start: number, end: number, index: number) => ({
      ...microvm.items[index]!,
      source: {
        ...{ status: "paired" as const, how: "" },
        ...{ start: 1000n + BigInt(start), end: 1000n + BigInt(end) },
      },
    });
    const spans = [
      [0, 100],
      [10, 50],
      [50, 90],
      [60, 95],
      [100, 120],
    ] as const;
    const items = spans.map(([start, end], index) => at(start, end, index));
    const slices = onTrack(read({ ...microvm, items }), "Source", "saves");
    // In the order of items: the second of three tracks is free for the third item, not for the fourth.
    const [a, b] = [slices[0]!.id, slices[1]!.id];
    expect(slices.map(({ id }) => id)).toEqual([a, b, b, expect.anything(), a]);
    expect(new Set(slices.map(({ id }) => id)).size).toBe(3);
  });

  test("marks the item that a migration failed at, at its side", () => {
    const failure = {
      ...{ side: "destination" as const, errors: ["why"], item: 5, hint: undefined },
      ...{ device: undefined, instance: undefined },
    };
    const failed = read({ ...microvm, outcome: { state: "failed", error: "why", failure } });
    const marked = failed.slices.filter(({ name }) => name.includes("failed here"));
    expect(marked.map(({ process, name }) => [process, name])).toEqual([
      ["Destination", `${microvm.items[5]!.label} (failed here)`],
    ]);
    expect(marked[0]!.annotations.error).toBe("why");
  });

  test("has each side by its own clock where they cannot be compared", () => {
    const apart = read(analyze({ ...microvmInputs, clockOffset: undefined }));
    expect(apart.processes).toEqual([
      ...["Migration of microvm", "Source", "Destination (own clock, offset unknown)"],
    ]);
    expect(apart.slices.every(({ flow, terminatingFlow }) => !flow && !terminatingFlow)).toBe(true);
    expect(onTrack(apart, apart.processes[2]!, "loads")).toHaveLength(
      microvm.items.filter(({ destination }) => destination.status === "paired").length,
    );
  });
});

test("a trace of a postcopy has a slice for each wait and each request, joined where both are known", () => {
  const analysis = postcopyFaults();
  const trace = read(analysis);
  const { requests } = analysis.postcopy!;
  const name = ({ block, offset }: (typeof requests)[number]) =>
    `${block} 0x${offset.toString(16)}`;
  const told = (start: "faulted" | "received", end: "arrived" | "served") =>
    requests.flatMap((request) =>
      request[start] === undefined || request[end] === undefined
        ? []
        : [[name(request), request[start], request[end]]],
    );
  const on = (track: string) => trace.slices.filter((slice) => slice.track === track);
  const [waits, asked] = [on("waits for pages"), on("page requests")];
  expect(waits.map(times)).toEqual(told("faulted", "arrived"));
  expect(asked.map(times)).toEqual(told("received", "served"));
  expect(waits.map(({ annotations }) => annotations.kind)).toEqual(
    requests.flatMap(({ faulted, arrived, kind }) =>
      faulted === undefined || arrived === undefined ? [] : [kind],
    ),
  );
  for (const slice of asked) {
    if (slice.terminatingFlow === undefined) continue;
    const [wait, ...more] = waits.filter(({ flow }) => flow === slice.terminatingFlow);
    expect([wait?.name, more]).toEqual([slice.name, []]);
  }
  const isPlaced = trace.processes.includes("Destination");
  expect(asked.some(({ terminatingFlow }) => terminatingFlow !== undefined)).toBe(isPlaced);
});
