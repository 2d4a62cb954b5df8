import type { MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import type { EventRecord } from "../../src/traces/record.js";
import { figuresOf, limitsBelow, passedWrongly, wrongFigures } from "./figures.js";
import { shortOrLong } from "./long-form.js";
import {
  appended,
  byClock,
  type MigrationInputs,
  SIDES,
  type Side,
  untimed,
} from "./migration-inputs.js";

/** What was done to the inputs of a migration, and what the analysis of them says and should not. */
export interface Disturbance {
  readonly what: string;
  readonly wrong: readonly string[];
}

/** What says that the inputs do not belong together. */
const FOREIGN =
  /not of one migration|clocks contradict|ran at the destination before it stopped|the destination failed to load it/;

/** A real migration, whose inputs can be changed in ways of which it is known what may be said. */
export class DisturbedInputs {
  readonly #recorded: MigrationInputs;
  /** Each with the inputs, and what is true of them: with the stream, if there is one, and without. */
  readonly #cases: readonly (readonly [label: string, MigrationInputs, Truth])[];

  constructor(recorded: MigrationInputs) {
    this.#recorded = recorded;
    const { items, ...traces } = recorded;
    const without = ["without stream", traces, new Truth(traces)] as const;
    this.#cases = items ? [["with stream", recorded, new Truth(recorded)], without] : [without];
  }

  /** The destination's clock is another one, and it may be that nothing came back. */
  *otherClock(): Generator<Disturbance> {
    const start = this.#recorded.source[0]!.timestamp;
    const clocks: (readonly [string, (records: readonly EventRecord[]) => EventRecord[]])[] = [
      ...SHIFTS.map(
        (by) =>
          [
            `${by} ms ahead`,
            (records: readonly EventRecord[]) => byClock(records, by * MILLISECOND),
          ] as const,
      ),
      ...[50n, -50n].flatMap((ppm) =>
        [start, 0n].map(
          (since) =>
            [
              `${ppm} ppm since ${since}`,
              (records: readonly EventRecord[]) => byClock(records, 0n, ppm, since),
            ] as const,
        ),
      ),
    ];
    for (const [label, input, truth] of this.#cases) {
      for (const [returned, inputs] of [
        ["", input],
        [" and nothing that came back", withoutReturnPath(input)],
      ] as const) {
        for (const [clock, change] of clocks) {
          const analysis = analyze({ ...inputs, destination: change(inputs.destination) });
          yield { what: `${label}, ${clock}${returned}`, wrong: quietly(analysis, truth) };
        }
      }
    }
  }

  *withoutTimestamps(): Generator<Disturbance> {
    for (const [label, input, truth] of this.#cases) {
      for (const sides of [["source"], ["destination"], SIDES] as const) {
        const analysis = analyze({ ...input, ...changed(input, sides, untimed) });
        yield { what: `${label}, untimed ${sides}`, wrong: quietly(analysis, truth) };
      }
    }
  }

  /** One side's log is that of another migration. */
  *otherLog(others: ReadonlyMap<string, MigrationInputs>): Generator<Disturbance> {
    for (const [label, input] of this.#cases) {
      for (const [name, other] of others) {
        for (const side of SIDES) {
          const analysis = analyze({ ...input, [side]: other[side] });
          const told = analysis.problems.some((problem) => FOREIGN.test(problem));
          const wrong = [...(told ? [] : ["no problem is reported"]), ...acrossSides(analysis)];
          yield { what: `${label}, ${side} of ${name}`, wrong };
        }
      }
    }
  }

  /** One side's log has another migration before this one, or after it. */
  *appendedLog(others: ReadonlyMap<string, MigrationInputs>): Generator<Disturbance> {
    for (const [label, input, truth] of this.#cases) {
      for (const [name, other] of others) {
        for (const side of SIDES) {
          for (const [where, log] of [
            ["before", appended(other[side], input[side], "second")],
            ["after", appended(input[side], other[side], "first")],
          ] as const) {
            const analysis = analyze({ ...input, [side]: log });
            const told = analysis.problems.some((problem) => FOREIGN.test(problem));
            const wrong = told ? acrossSides(analysis) : truth.violations(analysis, ["attempt"]);
            yield { what: `${label}, ${name} ${where} ${side}`, wrong };
          }
        }
      }
    }
  }

  /** All events of a name are missing, at one side or at both. */
  *withoutEvent(all: boolean): Generator<Disturbance> {
    const { source, destination } = this.#recorded;
    const names = new Set([...source, ...destination].map(({ name }) => name));
    const cases = all ? this.#cases : this.#cases.slice(0, 1);
    for (const [label, input, truth] of cases) {
      for (const name of names) {
        for (const sides of [["source"], ["destination"], ...(all ? [SIDES] : [])] as const) {
          if (!sides.some((side) => input[side].some((record) => record.name === name))) continue;
          const analysis = analyze({
            ...input,
            ...changed(input, sides, (records) => records.filter((record) => record.name !== name)),
          });
          const told = analysis.problems.filter((problem) => FOREIGN.test(problem));
          const wrong = [...told, ...truth.violations(analysis)];
          yield { what: `${label}, ${sides} without ${name}`, wrong };
        }
      }
    }
  }
}

const MILLISECOND = 1_000_000n;
const SHIFTS = [-10_000n, -1000n, -200n, -1n, 0n, 1n, 200n, 1000n, 5000n, 10_000n].filter(
  (_, index) => index % shortOrLong(3, 1) === 0,
);

/** What an analysis of all that was recorded says, with the clocks known to be one. */
class Truth {
  readonly #figures: ReturnType<typeof figuresOf>;
  readonly #limits: ReturnType<typeof limitsBelow>;

  constructor(input: MigrationInputs) {
    const analysis = analyze({ ...input, clockOffset: 0n });
    // QEMU's own figures name devices that sent nothing.
    const printed = (records: readonly EventRecord[]) =>
      records.filter(({ name }) => name.startsWith("vmstate_downtime_"));
    const own = analyze(changed(input, SIDES, printed)).devices;
    // And where a load failed, the source's trace alone shows more of what was sent.
    const alone = analyze({ source: input.source });
    this.#figures = new Map([
      ...figuresOf({ ...alone, outcome: analysis.outcome }),
      ...figuresOf({ ...analysis, devices: own }),
      ...figuresOf(analysis),
    ]);
    this.#limits = limitsBelow(analysis);
  }

  /** Figures that are not true, and limits that are passed and should not. */
  violations(analysis: MigrationAccount, except: readonly string[] = []): string[] {
    const stated = new Map([...figuresOf(analysis)].filter(([name]) => !except.includes(name)));
    counts.figures += stated.size;
    counts.variants += 1;
    return [...wrongFigures(this.#figures, stated), ...passedWrongly(this.#limits, analysis)];
  }
}

/** How much was compared. */
export const counts = { variants: 0, figures: 0 };

/** What is said of inputs that belong together: nothing that is not true, and no problem. */
function quietly(analysis: MigrationAccount, truth: Truth): string[] {
  return [...analysis.problems, ...truth.violations(analysis)];
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
