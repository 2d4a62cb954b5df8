import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { wireLead } from "../../src/analysis/wire-lead.js";
import { eventTable, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

describeWith(["shared"], "a tap's clock that is the source's", () => {
  test.each(["q35-precopy", "q35-postcopy", "q35-multifd", "pc-9.2-xbzrle"])(
    "%s: by causality it can be ahead by nothing, and hardly by anything else",
    async (name) => {
      const file = (of: string) => sharedPath("recordings", name, of);
      const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
      const items = await readItems(file("channel0.bin"));
      const source = readRecords(file("source.simpletrace"), events);
      const destination = readRecords(file("destination.simpletrace"), events);
      const wire = readFileSync(file("channel0.times"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" "))
        .map(([offset, at]) => ({ offset: Number(offset), at: BigInt(at!) }));
      const both = wireLead(wire, analyze({ items, source, destination }), source);
      expect(both.lower! <= 0n && both.upper! >= 0n).toBe(true);
      expect(both.upper! - both.lower!).toBeLessThan(1_000_000n);
      // The pongs alone bound it, too.
      const alone = wireLead(wire, analyze({ items, source }), source);
      expect(alone.lower! <= both.lower!).toBe(true);
      expect(alone.upper).toBe(both.upper);
    },
  );
});
