import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { type AnalysisInput, analyze } from "../../src/analysis/analyze.js";
import { timeIn } from "../support/log-times.js";
import { eventTable, readItems, readTrace } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

const NAMES = ["precopy", "postcopy", "snapshot", "cpr", "failed", "tls", "mapped-shared"] as const;
type Name = (typeof NAMES)[number];

/** QEMU 11.1, two processes of one machine each: what the files themselves and QEMU say. */
describeWith(["shared"], "the analysis of recordings of QEMU 11.1", () => {
  const events = eventTable(sharedPath("corpus", "qemu-11.1.3", "trace-events-all"));
  const path = (name: Name, file: string) => sharedPath("recordings-11", name, file);
  const log = (name: Name, side: string) => readFileSync(path(name, `${side}.log`), "utf8");
  const query = (name: Name) => JSON.parse(readFileSync(path(name, "query-migrate.json"), "utf8"));
  const load = async (name: Name): Promise<AnalysisInput> => {
    const source = readTrace(path(name, "source.log"), events);
    const destination = readTrace(path(name, "destination.log"), events);
    const stream = ["stream.bin", "channel0.bin"].map((file) => path(name, file)).find(existsSync);
    // TLS records are not a stream; what a failed one holds is cut in its fifth item.
    const items = name === "tls" ? undefined : await readItems(stream!, { cut: name === "failed" });
    return {
      ...(items && { items }),
      ...{ source: source.records, sourceMessages: source.messages },
      ...{ destination: destination.records, destinationMessages: destination.messages },
    };
  };
  const analyses = new Map<string, Promise<MigrationAccount>>();
  const analysisOf = (name: Name, given: Partial<AnalysisInput> = {}) => {
    const key = `${name} ${given.clockOffset}`;
    const known = analyses.get(key) ?? load(name).then((input) => analyze({ ...input, ...given }));
    analyses.set(key, known);
    return known;
  };

  test.each(NAMES)("%s raises no false alarm", async (name) => {
    const { problems } = await analysisOf(name);
    expect(problems).toEqual([]);
  });

  test.each(NAMES.filter((name) => name !== "failed" && name !== "tls"))(
    "%s: items are those of the independent walk, and all that QEMU traces is matched",
    async (name) => {
      const account = await analysisOf(name);
      for (const side of ["source", "destination"] as const) {
        expect(account[side]!.paired).toBe(account[side]!.expected);
      }
      if (!existsSync(path(name, "items.jsonl"))) return;
      const walk = readFileSync(path(name, "items.jsonl"), "utf8").trim().split("\n");
      const offsets = walk.slice(0, -1).map((line) => JSON.parse(line).offset);
      expect(account.items.map(({ item }) => item.offset)).toEqual(offsets);
    },
  );

  test.each(["precopy", "postcopy", "snapshot", "mapped-shared"] as const)(
    "%s: total time and QEMU's downtime are those of query-migrate",
    async (name) => {
      const { begin, end, downtime } = await analysisOf(name);
      expect(Math.abs(Number(downtime.reported) / 1e6 - query(name).downtime)).toBeLessThan(1);
      expect(Math.abs(Number(end! - begin!) / 1e6 - query(name)["total-time"])).toBeLessThan(1);
    },
  );

  test.each(["precopy", "postcopy", "cpr", "tls"] as const)(
    "%s: the guest's downtime by the one clock is from its stop to its run",
    async (name) => {
      const { downtime } = await analysisOf(name, { clockOffset: 0n });
      const start = timeIn(log(name, "source"), /checkpoint src-downtime-start/);
      const stop = timeIn(log(name, "source"), /vm_state_notify running 0/, start);
      const run = timeIn(log(name, "destination"), /vm_state_notify running 1/);
      expect(downtime.guest).toBe(run - stop);
      expect(downtime.guestBounds).toEqual({ lower: run - stop, upper: run - stop });
      expect(downtime.path.reduce((sum, part) => sum + part.end - part.start, 0n)).toBe(run - stop);
    },
  );

  test.each(["precopy", "cpr", "tls"] as const)(
    "%s, without a return path: the downtime is unknown, and at least each side's own part",
    async (name) => {
      const { downtime, clocks } = await analysisOf(name);
      const exact = (await analysisOf(name, { clockOffset: 0n })).downtime.guest!;
      expect([clocks?.verdict, downtime.guest]).toEqual(["unknown", undefined]);
      expect(downtime.guestBounds.lower! <= exact).toBe(true);
      expect(downtime.guestBounds.lower! * 2n > exact).toBe(true);
    },
  );

  test("postcopy, with a return path: the downtime is known between bounds", async () => {
    const { downtime, clocks } = await analysisOf("postcopy");
    const exact = (await analysisOf("postcopy", { clockOffset: 0n })).downtime.guest!;
    const { lower, upper } = downtime.guestBounds;
    expect(clocks?.verdict).toBe("one");
    expect(lower! <= exact && exact <= upper!).toBe(true);
    expect(upper! - lower! < 10_000_000n).toBe(true);
  });

  test("snapshot: the downtime is the source's own, and the load is separate", async () => {
    const { downtime, outcome } = await analysisOf("snapshot");
    const source = log("snapshot", "source");
    const start = timeIn(source, /checkpoint src-downtime-start/);
    const stop = timeIn(source, /vm_state_notify running 0/, start);
    const run = timeIn(source, /vm_state_notify running 1/, stop);
    expect(downtime).toMatchObject({ guest: run - start, resumed: run, separateLoad: true });
    expect(downtime.guestBounds).toEqual({ lower: run - stop, upper: run - start });
    expect(Math.abs(Number(downtime.guest) / 1e6 - 843)).toBeLessThan(1);
    expect(downtime.path.every(({ side }) => side === "source")).toBe(true);
    expect(outcome.state).toBe("completed");
  });

  test("mapped-shared, to a file: the load is separate, and no downtime crosses to it", async () => {
    const { downtime } = await analysisOf("mapped-shared", { clockOffset: 0n });
    expect(downtime).toMatchObject({ guest: undefined, separateLoad: true });
  });

  describe("failed", () => {
    test("the destination's own error comes first, with the item that it failed at", async () => {
      const { outcome, items } = await analysisOf("failed");
      expect(outcome.state).toBe("failed");
      expect(outcome.error).toBe("Size mismatch: pc.ram: 0x2000000 != 0x4000000: Invalid argument");
      expect(outcome.failure).toMatchObject({ side: "destination" });
      expect(items[outcome.failure!.item!]).toMatchObject({ label: "ram START" });
      expect(outcome.failure!.hint).toContain("RAM block");
    });
  });
});
