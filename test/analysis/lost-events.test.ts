import { describe, expect, test } from "vitest";
import type { AnalysisInput } from "../../src/analysis/analyze.js";
import { analyze } from "../../src/analysis/analyze.js";
import { relevantEvents } from "../../src/analysis/relevant-events.js";
import { eventTable, fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** Seeds of losses; QTRACE_LOSSES says how many, CI takes a few. */
const SEEDS = Number(process.env.QTRACE_LOSSES ?? 12);
const SIDES = ["source", "destination"] as const;

describe("1 % of events lost at random, of microvm-file", async () => {
  const dir = (file: string) => fixture("microvm-file", file);
  const trace = (side: string) => readRecords(dir(`${side}.simpletrace`), ownEvents);
  const items = await readItems(dir("stream.bin"));
  standsLosses({ items, source: trace("source"), destination: trace("destination") });
});

describeWith(["shared"], "1 % of events lost at random", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  describe.each(["q35-precopy", "q35-postcopy", "q35-multifd", "pc-9.2-xbzrle"])(
    "of %s",
    async (name) => {
      const dir = (file: string) => sharedPath("recordings", name, file);
      const trace = (side: string) => readRecords(dir(`${side}.simpletrace`), events);
      const items = await readItems(dir("channel0.bin"));
      standsLosses({ items, source: trace("source"), destination: trace("destination") });
    },
  );
});

function standsLosses(input: Required<Pick<AnalysisInput, "items" | "source" | "destination">>) {
  const { items } = input;
  const relevant = (side: (typeof SIDES)[number]) =>
    input[side].filter(({ name }) => relevantEvents.has(name));
  const [source, destination] = [relevant("source"), relevant("destination")];
  const whole = analyze({ items, source, destination });

  test(
    `the account still stands, and pairs nothing wrongly (${SEEDS} seeds)`,
    () => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const keep = lottery(seed * 7919);
        const account = analyze({
          items,
          source: source.filter(keep),
          destination: destination.filter(keep),
        });
        expect(account.problems).toEqual([]);
        for (const side of SIDES) {
          expect(account[side]!.paired).toBeGreaterThan(account[side]!.expected * 0.8);
          expect(wrongPairs(account, whole, side)).toEqual([]);
        }
      }
    },
    SEEDS * 1000 + 30_000,
  );
}

type Account = ReturnType<typeof analyze>;

/** Items whose end is told by another's event; that of their own may be lost, and what came before. */
function wrongPairs(account: Account, truth: Account, side: (typeof SIDES)[number]): string[] {
  return account.items.flatMap(({ label, [side]: ours }, index) => {
    const theirs = truth.items[index]![side];
    if (ours.status !== "paired" || theirs.status !== "paired") return [];
    // A bound, where an event that starts or ends the item was lost, holds all of it.
    const holds = ours.start <= theirs.start && ours.end >= theirs.end;
    if (ours.interval === "bound") return holds ? [] : [`${index} ${label}`];
    return ours.end >= theirs.start && ours.end <= theirs.end ? [] : [`${index} ${label}`];
  });
}

function lottery(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31 >= 0.01;
  };
}
