/**
 * Many generated migrations: the views say the same whoever is asked, and the same as adding up what
 * `analyze --format json` prints of each recording.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ClickhouseServer } from "../../../src/cli/fleet/clickhouse-server.js";
import { views } from "../../../src/fleet/views.js";
import { buildMain } from "../../support/built-cli.js";
import { runCli as runCliWith } from "../../support/cli.js";
import {
  type Analyzed,
  downtimePercentiles,
  downtimeSpent,
  nonConverging,
  regressions,
  slowestDevices,
  type ViewRow,
} from "../../support/fleet/add-up.js";
import { analyzeAll } from "../../support/fleet/analyze-all.js";
import { type ClickhouseCluster, startClickhouse } from "../../support/fleet/clickhouse-cluster.js";
import { generateMigrations } from "../../support/fleet/generate-migration.js";
import { shortOrLong } from "../../support/long-form.js";
import { describeWith } from "../../support/programs.js";
import { repoRoot } from "../../support/repo-root.js";

const COUNT = shortOrLong(80, 200);
// Threads of an export start from built modules much faster.
const main = await buildMain("many-migrations");
const runCli = (args: readonly string[]) => runCliWith(args, "", main);
const work = mkdtempSync(join(tmpdir(), "qtrace-many-"));
const recordings = join(work, "recordings");
const events = ["--events", join(repoRoot, "trace-events")];
let analyzed: readonly Analyzed[];

beforeAll(async () => {
  await generateMigrations(recordings, COUNT);
  analyzed = await analyzeAll(recordings);
}, 300_000);
afterAll(() => rmSync(work, { recursive: true, force: true }), 60_000);

const addUp = {
  slowest_devices: slowestDevices,
  downtime_percentiles: downtimePercentiles,
  non_converging: nonConverging,
  regressions,
  downtime_spent: downtimeSpent,
} satisfies Record<keyof typeof views, (all: readonly Analyzed[]) => ViewRow[]>;

type ViewName = keyof typeof addUp;

/** Rows in an order that does not depend on who gives them; 64-bit integers are no text. */
function comparable(rows: readonly Readonly<Record<string, unknown>>[]): unknown[] {
  return rows
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value,
        ]),
      ),
    )
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function key(row: Readonly<Record<string, unknown>>): string {
  return Object.keys(row)
    .filter((name) => typeof row[name] === "string")
    .sort()
    .map((name) => row[name])
    .join("\0");
}

function expected(view: ViewName): unknown[] {
  const rows = comparable(addUp[view](analyzed));
  // What is compared must be there at all.
  expect(rows.length).toBeGreaterThan(1);
  return rows;
}

const viewNames = Object.keys(views) as ViewName[];

describeWith(["duckdb"], "DuckDB over many migrations", () => {
  const dataSet = join(work, "data-set");
  const query = async (sql: string) => {
    const { code, out, err } = await runCli(["query", dataSet, sql, "--format", "json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return JSON.parse(out) as Record<string, unknown>[];
  };

  beforeAll(async () => {
    const { code, out } = await runCli(["export", recordings, "--output", dataSet, ...events]);
    expect({ code, out }).toEqual({
      code: 0,
      out: `recordings: ${COUNT} exported, 0 there already, 0 left out\n`,
    });
  }, 300_000);

  test.each(viewNames.filter((name) => name !== "regressions"))("%s", async (name) => {
    expect(comparable(await query(`SELECT * FROM ${name}`))).toEqual(expected(name));
  });

  test("regressions of every two versions", async () => {
    const versions = [...new Set(analyzed.map(({ version }) => version))];
    const pairs = versions.flatMap((a) => versions.map((b) => [a, b]));
    const selects = pairs.map(
      ([a, b]) =>
        `SELECT '${a}' AS version_a, '${b}' AS version_b, * FROM regressions('${a}', '${b}')`,
    );
    const rows = await query(selects.join(" UNION ALL "));
    expect(comparable(rows)).toEqual(expected("regressions"));
  });

  test.each(Object.entries(views))("the example of %s gives rows", async (_, { example }) => {
    expect((await query(example)).length).toBeGreaterThan(0);
  });
});

describeWith(["clickhouse"], "two shards of ClickHouse over many migrations", (tool) => {
  let cluster: ClickhouseCluster;
  let server: ClickhouseServer;
  const target = () => ["--to", "clickhouse", ...cluster.urls, "--cluster", cluster.name];

  beforeAll(async () => {
    cluster = await startClickhouse(tool.clickhouse, 2);
    process.env.CLICKHOUSE_USER = cluster.user;
    process.env.CLICKHOUSE_PASSWORD = cluster.password;
    server = new ClickhouseServer(cluster.urls[0]!);
    const { code, out, err } = await runCli(["export", recordings, ...events, ...target()]);
    expect({ code, out, err }).toMatchObject({
      code: 0,
      out: `recordings: ${COUNT} exported, 0 there already, 0 left out\n`,
    });
  }, 300_000);
  afterAll(async () => {
    delete process.env.CLICKHOUSE_USER;
    delete process.env.CLICKHOUSE_PASSWORD;
    await server?.close();
    await cluster?.stop();
  }, 60_000);

  test.each(viewNames)("%s", async (name) => {
    const rows = await server.rows<Record<string, unknown>>(`SELECT * FROM qtrace.${name}`);
    expect(comparable(rows)).toEqual(expected(name));
  });

  test.each([
    ["a wrong password", "wrong", [], /^qtrace: http:[^\n]*password[^\n]*\n$/i],
    ["an unknown cluster", "secret", ["--cluster", "moon"], /: no cluster moon; there is lab\n$/],
    ["one shard of two", "secret", ["--cluster", "lab"], /give the URL of one of each shard\n$/],
    ["no database's name", "secret", ["/a-b"], /^qtrace: a-b is no name of a database\n$/],
  ] as const)("%s is one line and exit code 2", async (_, password, [option, name], line) => {
    const url = option?.startsWith("/") ? cluster.urls[0] + option : cluster.urls[0]!;
    process.env.CLICKHOUSE_PASSWORD = password;
    const options = name === undefined ? [] : [option!, name];
    const told = await runCli(["export", recordings, "--to", "clickhouse", url, ...options]);
    process.env.CLICKHOUSE_PASSWORD = cluster.password;
    expect({ code: told.code, out: told.out }).toEqual({ code: 2, out: "" });
    expect(told.err).toMatch(line);
    expect(told.err.trim().split("\n")).toHaveLength(1);
  });

  test("tables of another version are not written to", async () => {
    await server.command("CREATE DATABASE other");
    await server.command(
      "CREATE TABLE other.schema_version (version UInt32) ENGINE = MergeTree ORDER BY version",
    );
    await server.command("INSERT INTO other.schema_version VALUES (7)");
    const url = `${cluster.urls[0]}/other`;
    const { code, err } = await runCli(["export", recordings, "--to", "clickhouse", url]);
    expect(code).toBe(2);
    expect(err).toMatch(/: other has tables of version 7; this qtrace knows version \d+\n$/);
  });

  test("both shards have rows, and each host is on one of them", async () => {
    const hosts: string[][] = [];
    for (const url of cluster.urls) {
      const shard = new ClickhouseServer(url);
      const rows = await shard.rows<{ host: string }>(
        "SELECT DISTINCT host FROM qtrace.migrations_local ORDER BY host",
      );
      hosts.push(rows.map(({ host }) => host));
      await shard.close();
    }
    expect(hosts.every((some) => some.length > 0)).toBe(true);
    expect(new Set(hosts.flat()).size).toBe(hosts.flat().length);
  });

  test("repeated, it adds nothing; rows that came twice are one", async () => {
    const again = await runCli(["export", recordings, ...events, ...target()]);
    expect(again.out).toBe(`recordings: 0 exported, ${COUNT} there already, 0 left out\n`);
    const count = async (table: string) => {
      const [row] = await server.rows<{ rows: string }>(
        `SELECT count() AS rows FROM qtrace.${table}`,
      );
      return Number(row!.rows);
    };
    const before = await count("devices");
    await server.command("INSERT INTO qtrace.devices_insert SELECT * FROM qtrace.devices");
    expect(await count("devices")).toBe(before);
  });

  test("a recording whose export was killed is in no table, and comes whole when repeated", async () => {
    const rows = () =>
      server.rows<{ recording: string; rows: string }>(
        "SELECT recording, count() AS rows FROM qtrace.items GROUP BY recording ORDER BY recording",
      );
    const before = await rows();
    // As if it had been killed before the last batch: without its row in migrations.
    const lost = before[0]!.recording;
    const shards = cluster.urls.map((url) => new ClickhouseServer(url));
    for (const shard of shards) {
      await shard.command("CREATE TABLE qtrace.kept AS qtrace.migrations_local");
      await shard.command(
        `INSERT INTO qtrace.kept SELECT * FROM qtrace.migrations_local WHERE recording != '${lost}'`,
      );
      await shard.command("DROP TABLE qtrace.migrations_local");
      await shard.command("RENAME TABLE qtrace.kept TO qtrace.migrations_local");
    }
    expect((await rows()).map(({ recording }) => recording)).not.toContain(lost);
    const again = await runCli(["export", recordings, ...events, ...target()]);
    expect(again.out).toBe(`recordings: 1 exported, ${COUNT - 1} there already, 0 left out\n`);
    expect(await rows()).toEqual(before);
    await Promise.all(shards.map((shard) => shard.close()));
  });
});

describe("the generator", () => {
  test("makes migrations of every course", () => {
    const statuses = new Set(analyzed.map(({ status }) => status));
    expect([...statuses].sort()).toEqual(["cancelled", "completed", "failed"]);
  });
});
