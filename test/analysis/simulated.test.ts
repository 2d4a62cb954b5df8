/**
 * Simulated migrations, of which the truth is known: the analysis agrees within its own bounds, whatever
 * is missing. CI takes 300 seeds; QTRACE_SIMULATED says how many.
 */

import { expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { type AnalysisInput, analyze } from "../../src/analysis/analyze.js";
import type { EventRecord } from "../../src/traces/record.js";
import { shortOrLong } from "../support/long-form.js";
import { Random } from "../support/simulated-migration/random.js";
import { type Simulation, simulate } from "../support/simulated-migration/simulate.js";
import { Comparison, inputOf, Truth, traceOf, type Unit } from "../support/simulated-truth.js";

const COUNT = Number(process.env.QTRACE_SIMULATED ?? shortOrLong(60, 300));
const TIMEOUT = 60_000 + COUNT * 2000;

type Input = Awaited<ReturnType<typeof inputOf>>;
type Check = (simulation: Simulation, input: Input, truth: Truth) => string[];

/** What several tests take, which change none of it. */
const simulations = new Map<number, Simulation>();
const inputs = new Map<string, Input>();

async function caseOf(seed: number, unit: Unit): Promise<readonly [Simulation, Input]> {
  const simulation = simulations.get(seed) ?? simulate(seed);
  const key = `${seed} ${unit}`;
  const input =
    inputs.get(key) ?? (await inputOf(simulation, unit, ([2, 3, 4] as const)[(seed >> 2) % 3]));
  // Every third seed is taken by all.
  if (seed % 3 === 1) {
    simulations.set(seed, simulation);
    inputs.set(key, input);
  }
  return [simulation, input];
}

/** Runs a check on so many seeds, and fails with what is not true of each. */
async function ofSeeds(step: number, unit: Unit | "any", check: Check): Promise<void> {
  const wrong: string[] = [];
  for (let seed = 1; seed <= COUNT; seed += step) {
    const own = unit === "any" ? (([1000, 1000, 0] as const)[seed % 3] ?? 0) : unit;
    const [simulation, input] = await caseOf(seed, own);
    const found = check(simulation, input, new Truth(simulation, own));
    wrong.push(...found.slice(0, 5).map((what) => `seed ${seed}: ${what.slice(0, 500)}`));
  }
  expect(wrong).toEqual([]);
}

/** The analysis with the clocks unknown, and with their offset given where they do not drift. */
function analyses({ plan }: Simulation, input: AnalysisInput): MigrationAccount[] {
  const { offset, drift } = plan.clock;
  const given = drift === 0 ? [analyze({ ...input, clockOffset: BigInt(offset) })] : [];
  return [analyze(input), ...given];
}

test(
  "with both traces and the stream, all figures are true",
  () =>
    ofSeeds(1, "any", (simulation, input, truth) =>
      analyses(simulation, input).flatMap(
        (analysis) => new Comparison(truth, analysis).everything().wrong,
      ),
    ),
  TIMEOUT,
);

/** What is left of the inputs, by what they lack. */
const LESS: Readonly<Record<string, (input: Input, random: Random) => AnalysisInput>> = {
  "a stream": ({ items, ...input }) => input,
  "a trace of the destination": ({ destination, ...input }) => input,
  "a trace of the source": ({ source, ...input }) => input,
  "times of the guest": (input) => without(input, /^vm_state_notify$/),
  checkpoints: (input) => without(input, /^vmstate_downtime_checkpoint$/),
  "bytes sent": (input) => without(input, /^migration_transferred_bytes$/),
  answers: (input) => without(input, /^source_return_path_|^process_incoming_migration_co_end$/),
  "fields and figures of QEMU's": (input) =>
    without(input, /^vmstate_(downtime_(save|load)|.*_state)/),
  "pending bytes": (input) => without(input, /pending/),
  "1 % of the events": (input, random) => {
    const kept = (records: readonly EventRecord[]) => records.filter(() => !random.chance(0.01));
    return { ...input, source: kept(input.source), destination: kept(input.destination) };
  },
};

function without(input: Input, names: RegExp): AnalysisInput {
  const kept = (records: readonly EventRecord[]) => records.filter(({ name }) => !names.test(name));
  return { ...input, source: kept(input.source), destination: kept(input.destination) };
}

test(
  `without ${Object.keys(LESS).join(", ")}, nothing is said that is not true`,
  () =>
    ofSeeds(3, "any", (simulation, input, truth) => {
      // Which attempt a part of the events is of may not be known.
      if (simulation.attempts.length > 1) return [];
      return Object.entries(LESS).flatMap(([name, less]) => {
        const random = new Random(simulation.plan.seed + name.length);
        return analyses(simulation, less(input, random)).flatMap((analysis) =>
          new Comparison(truth, analysis).nothingWrong().wrong.map((what) => `${name}: ${what}`),
        );
      });
    }),
  TIMEOUT,
);

test(
  "with times of whole milliseconds, the truth lies within the bounds",
  () =>
    ofSeeds(3, 1_000_000, (simulation, input, truth) => {
      if (simulation.attempts.length > 1) return [];
      return analyses(simulation, input).flatMap(
        (analysis) => new Comparison(truth, analysis).nothingWrong().wrong,
      );
    }),
  TIMEOUT,
);

test(
  "without timestamps, items match by their order and no time is said",
  () =>
    ofSeeds(3, 1000, (simulation, { items }, truth) => {
      if (simulation.attempts.length > 1) return [];
      const [source, destination] = (["source", "destination"] as const).map(
        (side) => traceOf(simulation, side, "none").records,
      );
      const analysis = analyze({ items, source: source!, destination: destination! });
      return new Comparison(truth, analysis).untimed().wrong;
    }),
  TIMEOUT,
);
