/** Simulated migrations, two at a time: what is compared and judged is what is true of both. */

import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { checkLimits } from "../../src/analysis/check-limits.js";
import { checkRegression } from "../../src/analysis/check-regression.js";
import { compareAccounts } from "../../src/analysis/compare-accounts.js";
import { shortOrLong } from "../support/long-form.js";
import { planOf } from "../support/simulated-migration/plan.js";
import { Random } from "../support/simulated-migration/random.js";
import { simulate } from "../support/simulated-migration/simulate.js";
import { inputOf, Truth, trueRounds } from "../support/simulated-truth.js";

const COUNT = Math.ceil(Number(process.env.QTRACE_SIMULATED ?? shortOrLong(60, 300)) / 6);

/** Nanoseconds, bytes and counts that are true of a completed migration, by the name of the figure. */
type Figures = ReadonlyMap<string, bigint>;

/** A migration whose clocks are one, so that all its figures are exact: its analysis and its figures. */
async function migration(seed: number, same: Partial<ReturnType<typeof planOf>>) {
  const { attempts, clock } = planOf(seed, same);
  const plan = {
    ...same,
    attempts: [{ ...attempts.at(-1)!, fate: "completed" as const }],
    clock: { ...clock, offset: 0, drift: 0 },
  };
  const simulation = simulate(seed, plan);
  const truth = new Truth(simulation, 0);
  const analysis = analyze({ ...(await inputOf(simulation, 0)), clockOffset: 0n });
  return { analysis, truth, figures: figuresOf(truth) };
}

function figuresOf(truth: Truth): Figures {
  const { last, items } = truth;
  const { stopped, running, downtimeStart, downtimeEnd } = last.moments;
  const states = truth.emittedIn("source", "migrate_set_state");
  const figures = new Map<string, bigint>([
    ["downtime of the guest", truth.span(stopped!, running!)],
    ["downtime as the source measures it", truth.span(downtimeStart!, downtimeEnd!)],
    ["total time", truth.span(states[0]!, states.at(-1)!)],
    ["stream", BigInt(last.channel.size)],
    ["rounds", BigInt(trueRounds(truth).length)],
    ["syncs of the dirty bitmap", BigInt(last.syncs.length)],
  ]);
  for (const item of items) {
    if (item.type !== "section-full" && item.type !== "section-end") continue;
    const name = item.instance ? `${item.idstr}#${item.instance}` : item.idstr!;
    figures.set(`save ${name}`, truth.span(...item.source!));
    figures.set(`load ${name}`, truth.span(...item.destination!));
  }
  return figures;
}

test("figures of two migrations are compared, the greatest change of a device first", async () => {
  for (let seed = 1; seed <= COUNT; seed += 1) {
    const same = { version: "10.2", transport: "socket", postcopy: false } as const;
    const [before, after] = [await migration(seed, same), await migration(seed + 1000, same)];
    const { totals, devices } = compareAccounts(before.analysis, after.analysis);
    for (const { name, before: a, after: b } of totals) {
      if (/postcopy|pages/.test(name)) expect([a, b]).toEqual([undefined, undefined]);
      else
        expect([seed, name, a, b]).toEqual([
          seed,
          name,
          before.figures.get(name),
          after.figures.get(name),
        ]);
    }
    const names = [...new Set([...before.figures.keys(), ...after.figures.keys()])];
    const wanted = names.filter((name) => /^(save|load) /.test(name));
    expect(devices.map(({ name }) => name).sort()).toEqual(wanted.sort());
    const changes = devices.map(({ name, before: a, after: b }) => {
      expect([name, a, b]).toEqual([name, before.figures.get(name), after.figures.get(name)]);
      return Math.abs(Number((b ?? 0n) - (a ?? 0n)));
    });
    expect(changes).toEqual(changes.toSorted((a, b) => b - a));
  }
});

test("a regression is a figure that grew by more than the percentage and by more than the milliseconds", async () => {
  let failed = 0;
  for (let seed = 1; seed <= COUNT; seed += 1) {
    const random = new Random(seed);
    const same = { version: "10.2", transport: "socket", postcopy: false } as const;
    const [before, after] = [await migration(seed, same), await migration(seed + 1, same)];
    const tolerance = {
      percent: random.pick([0, 10, 100, 900]),
      milliseconds: random.pick([0, 0.01, 1, 20]),
    };
    const results = checkRegression(before.analysis, after.analysis, tolerance);
    for (const { name, before: a, after: b, passed } of results) {
      const key =
        name === "downtime" ? "downtime of the guest" : name.replace(/^(save|load) of /, "$1 ");
      // A device that only one of them has took no time at the other.
      const [first, second] = [before, after].map(
        ({ figures }) => Number(figures.get(key) ?? 0n) / 1e6,
      );
      expect([seed, name, a, b]).toEqual([seed, name, first, second]);
      const grown = second! - first!;
      const regressed =
        grown > (first! * tolerance.percent) / 100 && grown > tolerance.milliseconds;
      expect([seed, name, passed]).toEqual([seed, name, !regressed]);
      if (!passed) failed += 1;
    }
    const names = new Set([...before.figures.keys(), ...after.figures.keys()]);
    const devices = [...names].filter((name) => /^(save|load) /.test(name)).length;
    expect(results).toHaveLength(devices + 2);
  }
  expect(failed).toBeGreaterThan(0);
});

test("a limit passes just above what is true, and not just below", async () => {
  for (let seed = 1; seed <= COUNT; seed += 1) {
    const { analysis, figures } = await migration(seed, { transport: "socket" });
    const guest = Number(figures.get("downtime of the guest")) / 1e6;
    for (const [downtime, passes] of [
      [guest, true],
      [guest - 1e-6, false],
    ] as const) {
      const [result] = checkLimits(analysis, { downtime });
      expect([seed, result!.measured, result!.passed]).toEqual([seed, guest, passes]);
    }
    for (const { name, save, load } of analysis.devices) {
      const slower = Math.max(Number(save), Number(load)) / 1e6;
      const [saved, loaded] = checkLimits(analysis, { devices: { [name]: slower } });
      expect([saved!.passed, loaded!.passed]).toEqual([true, true]);
      const [least, most] = checkLimits(analysis, { devices: { [name]: slower - 1e-6 } });
      expect(least!.passed && most!.passed).toBe(false);
    }
    expect(
      checkLimits(analysis, { devices: { absent: 1000 } }).map(({ passed }) => passed),
    ).toEqual([false, false]);
  }
});

test("nothing of a migration that failed passes a limit or is judged against another", async () => {
  const { analysis } = await migration(3, {
    transport: "socket",
    postcopy: false,
    version: "10.2",
  });
  let failures = 0;
  for (let seed = 1; seed <= COUNT * 2; seed += 1) {
    const simulation = simulate(seed, { transport: "socket", postcopy: false });
    if (simulation.last.own.fate === "completed") continue;
    failures += 1;
    const failed = analyze(await inputOf(simulation, 1000));
    const [result] = checkLimits(failed, { downtime: 1e9 });
    expect([seed, result!.measured, result!.passed]).toEqual([seed, undefined, false]);
    if (failed.downtime.guest !== undefined) continue;
    expect(checkRegression(analysis, failed, { percent: 1e9, milliseconds: 1e9 })[0]!.passed).toBe(
      false,
    );
  }
  expect(failures).toBeGreaterThan(2);
});
