/**
 * Simulated migrations in a data set: the views say what is counted in the simulations themselves, with
 * medians of zero, exactly three and four rounds, and destinations whose clocks differ.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { qemuVersion } from "../../../src/fleet/about-recording.js";
import { runCli } from "../../support/cli.js";
import {
  type AccountJson,
  type Analyzed,
  downtimePercentiles,
  nonConverging,
  regressions,
  slowestDevices,
  type ViewRow,
} from "../../support/fleet/add-up.js";
import { analyzeAll } from "../../support/fleet/analyze-all.js";
import { describeWith } from "../../support/programs.js";
import { declarationFile } from "../../support/simulated-migration/events.js";
import { type Plan, planOf } from "../../support/simulated-migration/plan.js";
import { type Simulation, simulate, streamOf } from "../../support/simulated-migration/simulate.js";
import { writeLog } from "../../support/simulated-migration/write-trace.js";
import { Truth, trueRounds } from "../../support/simulated-truth.js";

const COUNT = 40;
const work = mkdtempSync(join(tmpdir(), "qtrace-simulated-"));
const recordings = join(work, "recordings");
const dataSet = join(work, "data-set");
const declared = join(work, "trace-events");
const all: Analyzed[] = [];

/** Every fourth migration's clocks differ; the passes are three or four, or more than ten. */
function planFor(seed: number): Partial<Plan> {
  const own = planOf(seed);
  const attempt = own.attempts[0]!;
  const passes = [3, 4, 12][seed % 3]!;
  const { threshold } = attempt;
  // Every second one finds as much dirty memory each time.
  const dirty = Array.from(
    { length: passes - 1 },
    (_, index) => threshold + (seed % 2 ? 20 : 40 - 3 * index),
  );
  return {
    ...{ version: "10.2", transport: "socket", returnPath: true, postcopy: false, faults: [] },
    machine: seed % 2 ? "pc-q35-10.2" : "virt-10.2",
    attempts: [
      {
        ...attempt,
        fate: seed % 5 === 0 ? "cancelled" : "completed",
        cancelledAfter: 1000,
        dirty: [...dirty, 0],
      },
    ],
    // Many devices take less than a microsecond, which a log shows as 0.
    devices: own.devices.map((device) => ({ ...device, save: seed % 4 ? 0 : device.save })),
    ...{ cost: { source: 0, destination: 0 }, detail: false },
    clock: { ...own.clock, drift: 0, offset: seed % 4 === 1 ? 7_000_000_000 : 0 },
  };
}

beforeAll(async () => {
  writeFileSync(declared, declarationFile("10.2"));
  const simulations = new Map<string, Simulation>();
  for (let seed = 1; seed <= COUNT; seed += 1) {
    const simulation = simulate(seed, planFor(seed));
    const name = `migration-${String(seed).padStart(3, "0")}`;
    const folder = join(recordings, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "channel0.bin"), streamOf(simulation.last));
    for (const side of ["source", "destination"] as const) {
      writeFileSync(
        join(folder, `${side}.log`),
        writeLog(simulation.plan, simulation.emitted[side]),
      );
    }
    const about = {
      qemu: `QEMU emulator version ${["10.0.2", "10.2.2"][seed % 7 < 3 ? 0 : 1]}`,
      ...{ host: `host${seed % 3}`, time: `2026-11-0${1 + (seed % 7)}T10:00:00Z` },
      sameClock: simulation.plan.clock.offset === 0,
    };
    writeFileSync(join(folder, "recording.json"), JSON.stringify(about));
    simulations.set(name, simulation);
  }
  // Only what names a recording, and a downtime between clocks that differ, is the analysis's.
  for (const one of await analyzeAll(recordings)) {
    const simulation = simulations.get(one.name)!;
    all.push({
      ...one,
      json: truthOf(simulation, one.json.downtime.guest),
      version: qemuVersion(aboutOf(one.name)),
    });
  }
}, 300_000);
afterAll(() => rmSync(work, { recursive: true, force: true }), 60_000);

function aboutOf(name: string): string {
  return `QEMU emulator version ${["10.0.2", "10.2.2"][Number(name.slice(-3)) % 7 < 3 ? 0 : 1]}`;
}

const TYPES: Readonly<Record<string, number>> = {
  "section-full": 4,
  "section-end": 3,
  "section-part": 2,
  command: 8,
};

/** A migration as it was simulated, laid out as `analyze --format json` does. */
function truthOf(simulation: Simulation, estimated: string | undefined): AccountJson {
  const truth = new Truth(simulation, 1000);
  const { plan, last } = simulation;
  const states = truth.emittedIn("source", "migrate_set_state");
  const { stopped, running } = last.moments;
  const same = plan.clock.offset === 0;
  const guest =
    stopped && running ? (same ? String(truth.span(stopped, running)) : estimated) : undefined;
  return {
    machine: plan.machine,
    begin: String(truth.time(states[0]!)),
    end: String(truth.time(states.at(-1)!)),
    items: truth.items.map((item) => {
      const pairing = (side: "source" | "destination") => {
        const traced = item[side];
        if (!traced) return { status: "missing" };
        return {
          status: "paired",
          start: String(truth.time(traced[0])),
          end: String(truth.time(traced[1])),
        };
      };
      return {
        type: TYPES[item.type] ?? 0,
        ...(item.idstr !== undefined && { idstr: item.idstr, instance: item.instance ?? 0 }),
        ...(item.name !== undefined && { name: item.name }),
        size: item.size,
        ...{ source: pairing("source"), destination: pairing("destination") },
      };
    }),
    rounds: trueRounds(truth).map(({ number, pending, complete }) => ({
      number,
      ...(pending !== undefined && { pending }),
      ...(complete !== undefined && { complete }),
    })),
    downtime: { ...(guest !== undefined && { guest }), path: [] },
  };
}

/** Rows in an order that does not depend on who gives them; 64-bit integers may be text. */
function comparable(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const plain = (value: unknown) =>
    typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return rows
    .map((row) =>
      JSON.stringify(
        Object.keys(row)
          .sort()
          .map((name) => [name, plain(row[name])]),
      ),
    )
    .sort();
}

test("the edges are among the migrations", () => {
  const rounds = new Set(all.map(({ json }) => json.rounds.length));
  expect([rounds.has(3), rounds.has(4), [...rounds].some((count) => count > 10)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(slowestDevices(all).some(({ p50_ms }) => p50_ms === 0)).toBe(true);
});

describeWith(["duckdb"], "DuckDB over simulated migrations", () => {
  const query = async (sql: string) => {
    const { code, out, err } = await runCli(["query", dataSet, sql, "--format", "json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return JSON.parse(out) as Record<string, unknown>[];
  };

  beforeAll(async () => {
    const { code, out } = await runCli([
      "export",
      recordings,
      "--output",
      dataSet,
      "--events",
      declared,
    ]);
    expect({ code, out }).toEqual({
      code: 0,
      out: `recordings: ${COUNT} exported, 0 there already, 0 left out\n`,
    });
  }, 300_000);

  const views: Readonly<Record<string, (all: readonly Analyzed[]) => ViewRow[]>> = {
    slowest_devices: slowestDevices,
    downtime_percentiles: downtimePercentiles,
    non_converging: nonConverging,
  };
  test.each(Object.entries(views))("%s", async (name, count) => {
    const rows = count(all);
    expect(rows.length).toBeGreaterThan(0);
    expect(comparable(await query(`SELECT * FROM ${name}`))).toEqual(comparable(rows));
  });

  test("regressions: no ratio has a median of zero as its base", async () => {
    const select = (a: string, b: string) =>
      `SELECT '${a}' AS version_a, '${b}' AS version_b, * FROM regressions('${a}', '${b}')`;
    const rows = await query(
      `${select("10.0.2", "10.2.2")} UNION ALL ${select("10.2.2", "10.0.2")}`,
    );
    expect(comparable(rows)).toEqual(comparable(regressions(all)));
  });

  test("the tables have a row for each item, round and side's device", async () => {
    const [counts] = await query(
      "SELECT (SELECT count(*) FROM migrations) AS migrations, (SELECT count(*) FROM items) AS items, " +
        "(SELECT count(*) FROM rounds) AS rounds, (SELECT sum(bytes) FROM rounds) AS bytes",
    );
    const simulations = Array.from(
      { length: COUNT },
      (_, index) => new Truth(simulate(index + 1, planFor(index + 1)), 1000),
    );
    const rounds = simulations.flatMap(trueRounds);
    const real = {
      migrations: COUNT,
      items: simulations.reduce((sum, { items }) => sum + items.length, 0),
      rounds: rounds.length,
      bytes: rounds.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    expect(
      Object.fromEntries(Object.entries(counts!).map(([name, value]) => [name, Number(value)])),
    ).toEqual(real);
  });
});
