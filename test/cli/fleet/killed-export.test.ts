/** Exports that are killed, repeated, and run at the same time leave each row once and whole. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataSet } from "../../../src/cli/fleet/data-set.js";
import { openDuckdb } from "../../../src/cli/fleet/duckdb-session.js";
import { tableNames, tables } from "../../../src/fleet/schema.js";
import { buildCli } from "../../support/built-cli.js";
import { generateMigrations } from "../../support/fleet/generate-migration.js";
import { KILL_AT_WRITE } from "../../support/kill-at-write.js";
import { shortOrLong } from "../../support/long-form.js";
import { describeWith } from "../../support/programs.js";
import { seededRandom } from "../../support/random.js";
import { repoRoot } from "../../support/repo-root.js";

/** So many that two threads share them; and a few, which are exported often. */
const MANY = 41;
const FEW = 8;
const KILLS = shortOrLong(6, 40);

describeWith(["duckdb"], "a killed export", () => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-killed-"));
  let cli: string;

  /** Exports recordings in a separate process; returns its exit code, null if it was killed. */
  const exportTo = async (
    dataSet: string,
    recordings: "many" | "few",
    {
      jobs = 1,
      ...env
    }: { readonly jobs?: number; readonly [name: `QTRACE_${string}`]: string } = {},
  ) => {
    const args = [
      ...["--import", KILL_AT_WRITE, cli, "export", join(work, recordings)],
      ...["--events", join(repoRoot, "trace-events")],
      ...["--output", join(work, dataSet), "--jobs", `${jobs}`],
    ];
    const child = spawn(process.execPath, args, {
      stdio: "ignore",
      env: { ...process.env, ...env },
    });
    const [code] = await once(child, "exit");
    return code as number | null;
  };

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
    await generateMigrations(join(work, "few"), FEW);
    await generateMigrations(join(work, "many"), MANY);
  }, 300_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }), 60_000);

  test(`before ${KILLS} random changes to the file system, then repeated: each row once, none missing`, async () => {
    const random = seededRandom(9);
    const counted = join(work, "changes");
    expect(await exportTo("few-complete", "few", { QTRACE_CHANGES: counted })).toBe(0);
    const changes = Number(readFileSync(counted, "utf8"));
    const complete = await contents("few-complete");
    // Each partition has a folder, files of tables that are written and renamed, and is cleared away.
    expect(changes).toBeGreaterThan(10 * FEW);
    let dataSet = "killed-0";
    for (let killed = 0; killed < KILLS; ) {
      const QTRACE_KILL_AT = String(1 + random(changes));
      const code = await exportTo(dataSet, "few", { QTRACE_KILL_AT });
      if (code === null) {
        killed += 1;
        if (existsSync(join(work, dataSet, "dataset.json"))) await nothingOdd(dataSet);
      } else {
        // Most was exported before, so it ended first: everything is there, and the next ones start again.
        expect(await contents(dataSet)).toEqual(complete);
        dataSet = `killed-${killed}`;
      }
    }
    expect(await exportTo(dataSet, "few")).toBe(0);
    expect(await contents(dataSet)).toEqual(complete);
    expect(readdirSync(join(work, dataSet, ".staging"))).toEqual([]);
  }, 300_000);

  test("two at once, of two threads each, leave what one leaves", async () => {
    const codes = await Promise.all([
      exportTo("twice", "many", { jobs: 2 }),
      exportTo("twice", "many", { jobs: 2 }),
      exportTo("once", "many"),
    ]);
    expect(codes).toEqual([0, 0, 0]);
    await nothingOdd("twice");
    expect(await contents("twice")).toEqual(await contents("once"));
  }, 300_000);
});
