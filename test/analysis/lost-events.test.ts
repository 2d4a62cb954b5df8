import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { relevantEvents } from "../../src/analysis/relevant-events.js";
import { eventTable, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

describeWith(["shared"], "1 % of events lost at random", async () => {
  const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const items = await readItems(dir("channel0.bin"));
  const relevant = (file: string) =>
    readRecords(dir(file), events).filter((record) => relevantEvents.has(record.name));
  const source = relevant("source.simpletrace");
  const destination = relevant("destination.simpletrace");
  const whole = analyze({ items, source, destination });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("the account still stands (seed %d)", (seed) => {
    const keep = lottery(seed);
    const account = analyze({
      items,
      source: source.filter(keep),
      destination: destination.filter(keep),
    });
    for (const side of ["source", "destination"] as const) {
      expect(account[side]!.paired).toBeGreaterThan(account[side]!.expected * 0.85);
    }
    for (const [index, item] of account.items.entries()) {
      const truth = whole.items[index]!;
      if (item.label.startsWith("ram")) continue;
      // What is still paired is paired with the same event; its end may be missing.
      for (const side of ["source", "destination"] as const) {
        const [ours, theirs] = [item[side], truth[side]];
        if (ours.status !== "paired" || theirs.status !== "paired") continue;
        const within = ours.start >= theirs.start && ours.start <= theirs.end;
        expect([side, item.label, within]).toEqual([side, item.label, true]);
      }
    }
  });
});

function lottery(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31 >= 0.01;
  };
}
