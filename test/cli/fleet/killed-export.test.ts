/** Exports that are killed, repeated, and run at the same time leave each row once and whole. */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataSet } from "../../../src/cli/fleet/data-set.js";
import { openDuckdb } from "../../../src/cli/fleet/duckdb-session.js";
import { tableNames, tables } from "../../../src/fleet/schema.js";
import { buildCli } from "../../support/built-cli.js";
import { generateMigrations } from "../../support/fleet/generate-migration.js";
import { describeWith } from "../../support/programs.js";
import { seededRandom } from "../../support/random.js";
import { repoRoot } from "../../support/repo-root.js";

const COUNT = Number(process.env.QTRACE_FLEET_RECORDINGS ?? 20);
const KILLS = 20;

describeWith(["duckdb"], "a killed export", () => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-killed-"));
  const recordings = join(work, "recordings");
  let cli: string;
  let duration: number;

  /** Exports in a process of its own, which is killed after so many milliseconds if they are given. */
  const exportTo = (dataSet: string, killAfter?: number, jobs = 1) =>
    new Promise<number | null>((resolve) => {
      const args = ["export", recordings, "--events", join(repoRoot, "trace-events")];
      const all = [cli, ...args, "--output", join(work, dataSet), "--jobs", `${jobs}`];
      const child = spawn(process.execPath, all, { stdio: "ignore" });
      const timer =
        killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
      child.once("exit", (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });

  const query = async (dataSet: string, ...statements: readonly string[]) => {
    const session = await openDuckdb(await openDataSet(join(work, dataSet)));
    try {
      const results: string[][] = [];
      for (const statement of statements) {
        const reader = await session.connection.runAndReadAll(statement);
        results.push(reader.getRowsJson().map((row) => JSON.stringify(row)));
      }
      return results;
    } finally {
      await session.close();
    }
  };

  /** How often each table has more than one row of a key; and migrations that are not whole. */
  const oddities = tableNames
    .map((table) => {
      const key = tables[table].key.join(", ");
      return `SELECT '${table}' AS what, count(*) AS n FROM (SELECT ${key} FROM ${table} GROUP BY ${key} HAVING count(*) > 1)`;
    })
    .concat(
      `SELECT 'not whole' AS what, count(*) AS n FROM (SELECT recording, items FROM migrations) LEFT JOIN
        (SELECT recording, count(*) AS found FROM items GROUP BY recording) USING (recording)
        WHERE items != coalesce(found, 0)`,
      `SELECT 'lost' AS what, count(*) AS n FROM items WHERE recording NOT IN (SELECT recording FROM migrations)`,
    )
    .join(" UNION ALL ");
  const nothingOdd = async (dataSet: string) => {
    const [found] = await query(dataSet, `SELECT what FROM (${oddities}) WHERE n > 0`);
    expect(found).toEqual([]);
  };

  /** All rows of all tables. */
  const contents = (dataSet: string) =>
    query(dataSet, ...tableNames.map((table) => `SELECT * FROM ${table} ORDER BY ALL`));

  beforeAll(async () => {
    cli = await buildCli("killed-export");
    await generateMigrations(recordings, COUNT);
    const begin = performance.now();
    expect(await exportTo("whole")).toBe(0);
    duration = performance.now() - begin;
  }, 300_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }), 60_000);

  test(`at ${KILLS} random moments, then repeated: each row once, none missing`, async () => {
    const random = seededRandom(9);
    const whole = await contents("whole");
    let dataSet = "killed-0";
    let longest = duration;
    for (let killed = 0; killed < KILLS; ) {
      const begin = performance.now();
      const code = await exportTo(dataSet, (longest * (30 + random(70))) / 100);
      if (code === null) {
        killed += 1;
        if (existsSync(join(work, dataSet, "dataset.json"))) await nothingOdd(dataSet);
      } else {
        // It was faster than it was to be killed: all is there, and the next ones begin anew.
        longest = Math.min(longest, performance.now() - begin);
        expect(await contents(dataSet)).toEqual(whole);
        dataSet = `killed-${killed}`;
      }
    }
    expect(await exportTo(dataSet)).toBe(0);
    expect(await contents(dataSet)).toEqual(whole);
    expect(readdirSync(join(work, dataSet, ".staging"))).toEqual([]);
  }, 300_000);

  test("two at once, of two threads each, leave what one leaves", async () => {
    const codes = await Promise.all([
      exportTo("twice", undefined, 2),
      exportTo("twice", undefined, 2),
    ]);
    expect(codes).toEqual([0, 0]);
    await nothingOdd("twice");
    expect(await contents("twice")).toEqual(await contents("whole"));
  }, 300_000);
});
