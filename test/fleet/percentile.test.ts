import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { percentile, sortNumbers } from "../../src/analysis/percentile.js";
import { ClickhouseServer } from "../../src/cli/fleet/clickhouse-server.js";
import { clickhouseDialect, type Dialect, duckdbDialect } from "../../src/fleet/dialect.js";
import { type ClickhouseCluster, startClickhouse } from "../support/fleet/clickhouse-cluster.js";
import { describeWith } from "../support/programs.js";
import { seededRandom } from "../support/random.js";

/** By the definition: the least value that at least `percent` of 100 values do not exceed. */
function byDefinition(values: readonly number[], percent: number): number | undefined {
  return values
    .filter(
      (value) => values.filter((other) => other <= value).length * 100 >= percent * values.length,
    )
    .sort((a, b) => a - b)[0];
}

const percents = [1, 10, 25, 50, 75, 90, 95, 99, 100];
const random = seededRandom(18);
/** Every length up to 40, 100, and 200, where shares of 95 and 99 % fall on ranks exactly. */
const lengths = [...Array.from({ length: 40 }, (_, index) => index + 1), 100, 200];
const arrays = [[10, 20], ...lengths.map((length) => Array.from({ length }, () => random(50)))];

test("is a value that was measured, by nearest rank", () => {
  expect(percentile([10, 20], 50)).toBe(10);
  expect(percentile([10, 20], 51)).toBe(20);
  expect(percentile([], 50)).toBeUndefined();
  expect(percentile([1n, 2n, 3n], 50)).toBe(2n);
});

test("is what its definition says, for small arrays", () => {
  for (const values of arrays)
    for (const percent of percents)
      expect(percentile(sortNumbers(values), percent)).toBe(byDefinition(values, percent));
});

/** The arrays as a table of rows `id`, `v`, and a query for all percentiles of each. */
function percentilesQuery(dialect: Dialect): string {
  const rows = arrays.flatMap((values, id) => values.map((v) => `SELECT ${id} AS id, ${v} AS v`));
  const columns = percents.map((percent) => `${dialect.percentile(percent, "v")} AS p${percent}`);
  return `SELECT id, ${columns.join(", ")} FROM (${rows.join(" UNION ALL ")}) GROUP BY id ORDER BY id`;
}

const expected = arrays.map((values, id) => ({
  id,
  ...Object.fromEntries(
    percents.map((percent) => [`p${percent}`, percentile(sortNumbers(values), percent)]),
  ),
}));

test("is the same in DuckDB", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const query = percentilesQuery(duckdbDialect);
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  expect(rows).toEqual(expected);
});

describeWith(["clickhouse"], "ClickHouse", (tool) => {
  let cluster: ClickhouseCluster;
  beforeAll(async () => {
    cluster = await startClickhouse(tool.clickhouse, 1);
    process.env.CLICKHOUSE_USER = cluster.user;
    process.env.CLICKHOUSE_PASSWORD = cluster.password;
  }, 60_000);
  afterAll(async () => {
    delete process.env.CLICKHOUSE_USER;
    delete process.env.CLICKHOUSE_PASSWORD;
    await cluster?.stop();
  }, 60_000);

  test("has the same percentiles", async () => {
    const server = new ClickhouseServer(cluster.urls[0]!);
    const rows: unknown[] = [];
    // A union of all rows is more than old servers plan: one array at a time.
    const columns = percents.map((p) => `${clickhouseDialect.percentile(p, "v")} AS p${p}`);
    for (const [id, values] of arrays.entries()) {
      const from = `(SELECT arrayJoin([${values.join(", ")}]) AS v)`;
      const [row] = await server.rows<object>(`SELECT ${columns.join(", ")} FROM ${from}`);
      rows.push({ id, ...row });
    }
    await server.close();
    expect(rows).toEqual(expected);
  });
});
