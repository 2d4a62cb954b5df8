/**
 * Whatever is done to the inputs of a real migration, the analysis states nothing that is not true.
 *
 * The truth is what the analysis says of all that was recorded, with the clocks known to be one: each
 * recording was made on one machine. CI tries every clock, trace without timestamps, other log and
 * appended log, and each missing event of three recordings; with QTRACE_NEVER_WRONG=all, the missing
 * events of all recordings, of both sides at once, with the stream and without.
 */

import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import type { EventRecord } from "../../src/traces/record.js";
import { figuresOf, limitsBelow, passedWrongly, wrongFigures } from "../support/figures.js";
import {
  appended,
  byClock,
  type MigrationInputs,
  readMigration,
  SIDES,
  type Side,
  untimed,
} from "../support/migration-inputs.js";
import { eventTable } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

const ALL = process.env.QTRACE_NEVER_WRONG === "all";

/** By the QEMU that they were recorded with. */
const RECORDINGS: Readonly<Record<string, readonly string[]>> = {
  "qemu-10.2.2": [
    "recordings/microvm-file",
    "recordings/q35-precopy",
    "recordings/q35-postcopy",
    "recordings/q35-multifd",
    "recordings/pc-mapped-ram",
    "recordings/pc-9.2-xbzrle",
  ],
  "qemu-10.0.2": ["recordings/virt-aarch64-file"],
  "qemu-11.1.3": [
    "recordings-11/precopy",
    "recordings-11/postcopy",
    "recordings-11/snapshot",
    "recordings-11/cpr",
    "recordings-11/failed",
    "recordings-11/tls",
    "recordings-11/mapped-shared",
  ],
};

/** Those of which each event is left out in CI. */
const FILTERED = ["recordings/q35-precopy", "recordings-11/postcopy", "recordings-11/precopy"];

const MILLISECOND = 1_000_000n;
const SHIFTS = [-10_000n, -1000n, -200n, -1n, 0n, 1n, 200n, 1000n, 5000n, 10_000n];

describeWith(["shared"], "the analysis states nothing that is not true", async () => {
  const inputs = new Map<string, MigrationInputs>();
  for (const [version, names] of Object.entries(RECORDINGS)) {
    const events = eventTable(sharedPath("corpus", version, "trace-events-all"));
    for (const name of names) {
      const options = { stream: !name.endsWith("tls"), cut: name.endsWith("failed") };
      inputs.set(name, await readMigration(sharedPath(...name.split("/")), events, options));
    }
  }
  const others = (name: string) => {
    const names = Object.values(RECORDINGS).find((group) => group.includes(name))!;
    return names.filter((other) => other !== name);
  };

  describe.each([...inputs.keys()])("of %s", (name) => {
    const recorded = inputs.get(name)!;
    const { items: _, ...traces } = recorded;
    const truth = new Truth(recorded);
    const truthOfTraces = new Truth(traces);

    describe.each([
      ["with", recorded],
      ["without", withoutReturnPath(recorded)],
    ])("%s the return path's events", (_, input) => {
      test.each(SHIFTS)("with the destination's clock ahead by %s ms", (by) => {
        const destination = byClock(input.destination, by * MILLISECOND);
        const analysis = analyze({ ...input, destination });
        expect(analysis.problems).toEqual([]);
        expect(truth.violations(analysis)).toEqual([]);
      });

      test.each([
        [50n, "the source's first event", input.source[0]!.timestamp],
        [-50n, "the source's first event", input.source[0]!.timestamp],
        [50n, "zero", 0n],
        [-50n, "zero", 0n],
      ])("with the destination's clock faster by %s ppm since %s", (ppm, _, since) => {
        const destination = byClock(input.destination, 0n, ppm, since);
        const analysis = analyze({ ...input, destination });
        expect(analysis.problems).toEqual([]);
        expect(truth.violations(analysis)).toEqual([]);
      });
    });

    test.each([[["source"]], [["destination"]], [SIDES]] as readonly (readonly [readonly Side[]])[])(
      "without timestamps at %s",
      (sides) => {
        const analysis = analyze({ ...recorded, ...changed(recorded, sides, untimed) });
        expect(analysis.problems).toEqual([]);
        expect(truth.violations(analysis)).toEqual([]);
      },
    );

    test.each(SIDES)("with another migration's log for the %s's, with and without stream", (side) => {
      for (const other of others(name)) {
        for (const input of [recorded, traces]) {
          const analysis = analyze({ ...input, [side]: inputs.get(other)![side] });
          const told = analysis.problems.filter((problem) => FOREIGN.test(problem));
          expect([other, input === recorded, told]).not.toEqual([other, input === recorded, []]);
          expect([other, ...acrossSides(analysis)]).toEqual([other]);
        }
      }
    });

    describe.each(SIDES)("with another migration in the %s's log", (side) => {
      test.each(["before", "after"])("%s this one", (where) => {
        for (const other of others(name)) {
          const [own, foreign] = [recorded[side], inputs.get(other)![side]];
          const log =
            where === "before"
              ? appended(foreign, own, "second")
              : appended(own, foreign, "first");
          for (const [input, real] of [
            [recorded, truth],
            [traces, truthOfTraces],
          ] as const) {
            const analysis = analyze({ ...input, [side]: log });
            const told = analysis.problems.some((problem) => FOREIGN.test(problem));
            const wrong = told ? acrossSides(analysis) : real.violations(analysis, ["attempt"]);
            const label = `${other} ${input === recorded ? "with" : "without"} stream`;
            expect([label, ...wrong]).toEqual([label]);
          }
        }
      });
    });

    if (!ALL && !FILTERED.includes(name)) return;
    const names = [...new Set(SIDES.flatMap((side) => recorded[side].map((record) => record.name)))];
    test.each(names)("without %s", (event) => {
      for (const sides of [["source"], ["destination"], ...(ALL ? [SIDES] : [])] as Side[][]) {
        const without = (records: readonly EventRecord[]) =>
          records.filter((record) => record.name !== event);
        for (const [input, real] of [
          [recorded, truth],
          ...(ALL ? [[traces, truthOfTraces] as const] : []),
        ] as const) {
          const analysis = analyze({ ...input, ...changed(input, sides, without) });
          const label = `${sides} ${input === recorded ? "with" : "without"} stream`;
          expect([label, analysis.problems.filter((line) => FOREIGN.test(line))]).toEqual([label, []]);
          expect([label, ...real.violations(analysis)]).toEqual([label]);
        }
      }
    });
  });
});

/** What says that the inputs do not belong together. */
const FOREIGN = /not of one migration|clocks contradict|ran at the destination before it stopped/;

/** What an analysis of all that was recorded says, with the clocks known to be one. */
class Truth {
  readonly #figures: ReturnType<typeof figuresOf>;
  readonly #limits: ReturnType<typeof limitsBelow>;

  constructor(input: MigrationInputs) {
    const analysis = analyze({ ...input, clockOffset: 0n });
    this.#figures = figuresOf(analysis);
    this.#limits = limitsBelow(analysis);
  }

  /** Figures that are not true, and limits that are passed and should not. */
  violations(analysis: MigrationAccount, except: readonly string[] = []): string[] {
    const stated = new Map([...figuresOf(analysis)].filter(([name]) => !except.includes(name)));
    return [...wrongFigures(this.#figures, stated), ...passedWrongly(this.#limits, analysis)];
  }
}

/** Figures that cross the two sides of an analysis, of which none may be stated. */
function acrossSides({ downtime }: MigrationAccount): string[] {
  const { guest, guestBounds, path, resumed } = downtime;
  if (resumed !== undefined) return [];
  return [
    ...(guest === undefined ? [] : [`downtime ${guest}`]),
    ...(guestBounds.upper === undefined ? [] : [`downtime at most ${guestBounds.upper}`]),
    ...(path.some(({ side }) => side !== "source") ? ["path across the sides"] : []),
  ];
}

function changed(
  input: MigrationInputs,
  sides: readonly Side[],
  change: (records: readonly EventRecord[]) => EventRecord[],
) {
  return Object.fromEntries(sides.map((side) => [side, change(input[side])]));
}

const RETURN_PATH = /^source_return_path_|^process_incoming_migration_co_end$/;

function withoutReturnPath(input: MigrationInputs): MigrationInputs {
  const kept = (records: readonly EventRecord[]) =>
    records.filter(({ name }) => !RETURN_PATH.test(name));
  return { ...input, ...changed(input, SIDES, kept) };
}
