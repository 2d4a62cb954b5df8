/** The tables and views of a data set of a few rows, against what is counted by hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdbStatements, quote, type TableFiles } from "../../src/fleet/duckdb.js";
import { parquetOf } from "../../src/fleet/parquet.js";
import { type Row, type TableName, tableNames, tables } from "../../src/fleet/schema.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-it's-"));
const connections: DuckDBConnection[] = [];
const instances: DuckDBInstance[] = [];
afterAll(() => {
  for (const connection of connections) connection.closeSync();
  for (const instance of instances) instance.closeSync();
  rmSync(work, { recursive: true, force: true });
});

const ZERO = { string: "", int64: 0, boolean: false, timestamp: new Date(0) } as const;
/** A row whose columns are empty, but for those given. */
function rowOf<T extends TableName>(table: T, known: Readonly<Record<string, unknown>>): Row<T> {
  const empty = tables[table].columns.map(({ name, type, nullable }) => [
    name,
    nullable ? undefined : ZERO[type],
  ]);
  return { ...Object.fromEntries(empty), ...known } as Row<T>;
}

/** A database over files of rows: `[table, part, rows]`. */
async function databaseOf(
  name: string,
  written: readonly (readonly [TableName, string, readonly Readonly<Record<string, unknown>>[]])[],
): Promise<(sql: string) => Promise<Readonly<Record<string, unknown>>[]>> {
  const files = Object.fromEntries(tableNames.map((table) => [table, [] as string[]]));
  for (const [table, part, rows] of written) {
    const folder = join(work, name, table, "date=2026-11-24", "host=host1");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${part}.parquet`);
    writeFileSync(
      file,
      parquetOf(
        table,
        rows.map((row) => rowOf(table, row)),
        part,
      ),
    );
    files[table]!.push(file);
  }
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  instances.push(instance);
  connections.push(connection);
  for (const statement of duckdbStatements(files as unknown as TableFiles))
    await connection.run(statement);
  return async (sql) => {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [
          column,
          typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value,
        ]),
      ),
    );
  };
}

test("a text is quoted as SQL has it", () => {
  expect(quote("it's a 'name'")).toBe("'it''s a ''name'''");
});

test("tables without files are empty, and have their columns", async () => {
  const query = await databaseOf("empty", []);
  for (const table of tableNames) {
    const described = await query(`SELECT column_name FROM (DESCRIBE ${table})`);
    expect(described.map(({ column_name }) => column_name)).toEqual([
      ...["date", "host", ...tables[table].columns.map(({ name }) => name)],
    ]);
    expect(await query(`SELECT * FROM ${table}`)).toEqual([]);
  }
});

test("of a recording that was exported twice, the rows of one part count", async () => {
  const damage = (recording: string, skipped: boolean) => ({ recording, message: "cut", skipped });
  const query = await databaseOf("twice", [
    ["migrations", "p1", [{ recording: "a" }]],
    ["migrations", "p2", [{ recording: "a" }, { recording: "b" }]],
    ["rounds", "p1", [{ recording: "a", number: 1 }]],
    [
      "rounds",
      "p2",
      [
        { recording: "a", number: 2 },
        { recording: "b", number: 3 },
      ],
    ],
    // Its export was killed before its migration was written.
    ["rounds", "p3", [{ recording: "c", number: 4 }]],
    ["damage", "p1", [damage("a", false), damage("left out", true), damage("a", true)]],
    ["damage", "p2", [damage("a", false), damage("left out", true), damage("c", false)]],
  ]);
  expect(await query("SELECT recording FROM migrations ORDER BY recording")).toEqual([
    ...[{ recording: "a" }, { recording: "b" }],
  ]);
  expect(await query("SELECT recording, number FROM rounds ORDER BY number")).toEqual([
    ...[
      { recording: "a", number: 1 },
      { recording: "b", number: 3 },
    ],
  ]);
  expect(await query("SELECT recording, skipped FROM damage ORDER BY recording, skipped")).toEqual([
    { recording: "a", skipped: false },
    { recording: "a", skipped: true },
    { recording: "left out", skipped: true },
  ]);
  expect(await query("SELECT date::VARCHAR AS date, host FROM rounds LIMIT 1")).toEqual([
    { date: "2026-11-24", host: "host1" },
  ]);
});

describe("views", () => {
  let query: Awaited<ReturnType<typeof databaseOf>>;
  const migration = (recording: string, known: object) => ({
    ...{
      recording,
      name: recording,
      machine: "q35",
      version: "1.0",
      status: "completed",
      rounds: 0,
    },
    ...known,
  });
  const device = (recording: string, name: string, time_ns?: number, known: object = {}) => ({
    ...{ recording, device: name, operation: "save", side: "source", time_ns, bytes: 10, ...known },
  });
  const rounds = (recording: string, pending: readonly (number | undefined)[], open = false) =>
    pending.map((bytes, index) => ({
      ...{ recording, number: index + 1, pending: bytes, syncs: 1 },
      complete: !(open && index === pending.length - 1),
    }));
  const segment = (
    recording: string,
    ordinal: number,
    kind: string,
    start_ns: number,
    end_ns: number,
  ) => ({
    ...{ recording, ordinal, side: "source", kind, start_ns, end_ns },
  });

  beforeAll(async () => {
    const failed = { status: "failed" };
    query = await databaseOf("views", [
      [
        "migrations",
        "p",
        [
          migration("a", { downtime_ns: 2e6, total_ns: 10e6 }),
          migration("b", { downtime_ns: 4e6, total_ns: 0 }),
          migration("c", { downtime_ns: 4e6, version: "2.0" }),
          migration("d", { total_ns: 20e6, version: "2.0" }),
          migration("three", { ...failed, rounds: 3 }),
          migration("four", { ...failed, rounds: 4 }),
          migration("nine tenths", { ...failed, rounds: 4 }),
          migration("less", { ...failed, rounds: 4 }),
          migration("not complete", { ...failed, rounds: 5 }),
          migration("nine", { rounds: 9 }),
          migration("ten", { rounds: 10 }),
          migration("postcopy", { rounds: 10, postcopy: true }),
          migration("cut postcopy", { ...failed, rounds: 4, postcopy: true }),
        ],
      ],
      [
        "devices",
        "p",
        [
          device("a", "vga", 1e6),
          device("b", "vga", 3e6, { bytes: 30 }),
          device("c", "vga", 6e6),
          device("d", "vga"),
          device("a", "nic", 0),
          device("c", "nic", 5e6),
          device("a", "usb", 7e6),
          device("c", "usb", 7e6),
          device("a", "vga", 9e6, { side: "destination", operation: "load" }),
        ],
      ],
      [
        "rounds",
        "p",
        [
          ...rounds("three", [900, 100, 100]),
          // Round 1 is of all memory; 2 and 3 are the earlier half, 4 the later.
          ...rounds("four", [900, 50, 100, 100]),
          ...rounds("nine tenths", [900, 100, 50, 90]),
          ...rounds("less", [900, 100, 50, 89]),
          ...rounds("not complete", [900, 100, 10, 10, 100], true),
          ...rounds("nine", Array(9).fill(100)),
          ...rounds("ten", Array(10).fill(100)),
          ...rounds("postcopy", Array(10).fill(100)),
          ...rounds("cut postcopy", [undefined, 100, undefined, 100]),
        ],
      ],
      [
        "downtime",
        "p",
        [
          segment("a", 0, "save", 1e6, 2e6),
          segment("a", 1, "wait", 2e6, 3e6),
          segment("b", 0, "save", 5e6, 11e6),
          segment("c", 0, "stop", 5e6, 5e6 + 5e5),
        ],
      ],
    ]);
  });

  test("slowest_devices", async () => {
    const row = (
      version: string,
      device: string,
      migrations: number,
      times: readonly number[],
      slowest: string,
      max_bytes = 10,
      operation = "save",
    ) => ({
      ...{ machine: "q35", version, device, operation, migrations, max_bytes, slowest },
      ...{ p50_ms: times[0], p95_ms: times[1], max_ms: times[1] },
    });
    expect(await query("FROM slowest_devices")).toEqual([
      row("1.0", "vga", 1, [9, 9], "a", 10, "load"),
      row("1.0", "usb", 1, [7, 7], "a"),
      row("2.0", "usb", 1, [7, 7], "c"),
      row("2.0", "vga", 1, [6, 6], "c"),
      row("2.0", "nic", 1, [5, 5], "c"),
      row("1.0", "vga", 2, [1, 3], "b", 30),
      row("1.0", "nic", 1, [0, 0], "a"),
    ]);
  });

  test("downtime_percentiles", async () => {
    const high = { p90_ms: 4, p95_ms: 4, p99_ms: 4, max_ms: 4 };
    expect(await query("FROM downtime_percentiles")).toEqual([
      { machine: "q35", version: "1.0", migrations: 2, p50_ms: 2, ...high, longest: "b" },
      { machine: "q35", version: "2.0", migrations: 1, p50_ms: 4, ...high, longest: "c" },
    ]);
  });

  test("non_converging: four rounds or more, and nine tenths of the earlier half", async () => {
    expect(
      await query(
        "SELECT recording, rounds, early_pending AS early, late_pending AS late FROM non_converging",
      ),
    ).toEqual([
      { recording: "cut postcopy", rounds: 4, early: 100, late: 100 },
      { recording: "four", rounds: 4, early: 100, late: 100 },
      { recording: "nine tenths", rounds: 4, early: 100, late: 90 },
      { recording: "ten", rounds: 10, early: 100, late: 100 },
    ]);
  });

  test("regressions: what grew, the worst first, never from a median of zero", async () => {
    const select =
      "SELECT measure, migrations_a AS a, migrations_b AS b, p50_a_ms, p50_b_ms, ratio";
    expect(await query(`${select}, p95_a_ms, p95_b_ms FROM regressions('1.0', '2.0')`)).toEqual([
      {
        measure: "save of vga",
        a: 2,
        b: 1,
        p50_a_ms: 1,
        p50_b_ms: 6,
        ratio: 6,
        p95_a_ms: 3,
        p95_b_ms: 6,
      },
      {
        measure: "downtime",
        a: 2,
        b: 1,
        p50_a_ms: 2,
        p50_b_ms: 4,
        ratio: 2,
        p95_a_ms: 4,
        p95_b_ms: 4,
      },
    ]);
    expect(await query("FROM regressions('2.0', '1.0')")).toEqual([]);
    expect(await query("FROM regressions('1.0', '1.0')")).toEqual([]);
  });

  test("downtime_spent: sums, means and shares of each version", async () => {
    const row = (
      version: string,
      kind: string,
      migrations: number,
      total_ms: number,
      mean_ms: number,
      share: number,
    ) => ({
      ...{ machine: "q35", version, side: "source", kind, migrations, total_ms, mean_ms, share },
    });
    expect(await query("FROM downtime_spent")).toEqual([
      row("1.0", "save", 2, 7, 3.5, 7 / 8),
      row("1.0", "wait", 2, 1, 0.5, 1 / 8),
      row("2.0", "stop", 1, 0.5, 0.5, 1),
    ]);
  });
});
