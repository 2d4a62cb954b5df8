import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckdb } from "../../../src/cli/fleet/duckdb-session.js";
import { SCHEMA_VERSION } from "../../../src/fleet/schema.js";
import { runCli } from "../../support/cli.js";
import { describeWith } from "../../support/programs.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-query-"));
const dataSet = join(work, "data-set");
afterAll(() => rmSync(work, { recursive: true }));

beforeAll(async () => {
  const about = ["--host", "host1", "--date", "2026-11-24"];
  const events = ["--events", join(repoRoot, "trace-events")];
  await runCli(["export", fixture("microvm-file"), "--output", dataSet, ...about, ...events]);
});

const query = (...args: string[]) => runCli(["query", dataSet, ...args]);
const failure = (line: string) => ({ code: 2, out: "", err: `qtrace: ${line}\n` });

describe("query without SQL", () => {
  test("tells tables, columns and views", async () => {
    const { code, out } = await query();
    expect(code).toBe(0);
    expect(out).toMatch(/^migrations: A migration\.$/m);
    expect(out).toMatch(
      /^ {2}downtime_ns +int64, or null +how long the guest stood still; null where the clocks/m,
    );
    expect(out).toMatch(/^regressions\(version_a, version_b\): /m);
  });

  test("as JSON too", async () => {
    const { tables, views } = JSON.parse((await query("--format", "json")).out);
    expect(tables.map(({ name }: { name: string }) => name)).toContain("devices");
    expect(views.map(({ name }: { name: string }) => name)).toHaveLength(5);
  });
});

describeWith(["duckdb"], "what does not fit into memory", () => {
  const folder = join(work, "tmp");
  const before = process.env.TMPDIR;
  afterAll(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });

  test("goes to a folder that is new, private, and gone in the end", async () => {
    mkdirSync(folder);
    process.env.TMPDIR = folder;
    // Somebody who can guess the name takes it first.
    const guessed = join(folder, `qtrace-query-${process.pid}`);
    symlinkSync(work, guessed);
    const session = await openDuckdb({ folder: dataSet });
    const name = readdirSync(folder).find((entry) => join(folder, entry) !== guessed);
    const result = await session.connection.runAndReadAll(
      "SELECT current_setting('temp_directory') AS folder",
    );
    expect(result.getRows()).toEqual([[join(folder, name!)]]);
    expect(name).toMatch(/^\.qtrace-[0-9a-f]{16}\.tmp$/);
    expect(statSync(join(folder, name!)).mode & 0o777).toBe(0o700);
    await session.close();
    expect(readdirSync(folder)).toEqual([`qtrace-query-${process.pid}`]);
    expect(existsSync(dataSet)).toBe(true);
  });
});

describeWith(["duckdb"], "query", () => {
  const sql =
    "SELECT date, host, machine, stream_bytes, error, 0.1::DOUBLE AS tenth FROM migrations";

  test("prints a table", async () => {
    expect((await query(sql)).out).toBe(
      "date        host   machine  stream_bytes  error  tenth\n" +
        "2026-11-24  host1  microvm        208636           0.1\n",
    );
  });

  test("prints JSON, 64 bits as text", async () => {
    expect(JSON.parse((await query(sql, "--format", "json")).out)).toEqual([
      {
        date: "2026-11-24",
        host: "host1",
        machine: "microvm",
        stream_bytes: "208636",
        error: null,
        tenth: 0.1,
      },
    ]);
    expect((await query(`${sql} WHERE false`, "--format", "json")).out).toBe("[]\n");
  });

  test("prints CSV", async () => {
    const { out } = await query("SELECT 'a,\"b' AS x, [1, 2] AS y, NULL AS z", "--format", "csv");
    expect(out).toBe('x,y,z\n"a,""b","[1,2]",\n');
  });

  test("reads SQL from standard input", async () => {
    const { out } = await runCli(["query", dataSet, "-"], "SELECT 1 AS one -- and no more\n");
    expect(out).toBe("one\n  1\n");
  });

  test("prints results of any length as they come", async () => {
    const { out } = await query("SELECT range AS n FROM range(10000)", "--format", "json");
    expect(JSON.parse(out)).toHaveLength(10000);
  });

  test("explains", async () => {
    expect((await query("EXPLAIN SELECT * FROM items")).out).toContain("READ_PARQUET");
  });

  test.each([
    ["SELEC 1", 'Parser Error: syntax error at or near "SELEC"'],
    ["SELECT 1; SELECT 2", "more than one statement; give one at a time, or --write"],
    ["", "there is no statement in the query"],
    [" -- nothing", "there is no statement in the query"],
    [
      "SELECT * FROM nothing",
      'Catalog Error: Table with name nothing does not exist! Did you mean "main.pairs"?',
    ],
  ])("%s is one line", async (statement, line) => {
    const { code, err } = await query(statement);
    expect(code).toBe(2);
    expect(err.replace(/Did you mean ".*"/, 'Did you mean "main.pairs"')).toBe(`qtrace: ${line}\n`);
  });

  test.each([
    "INSERT INTO kept VALUES ('x', 'y')",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW items",
    `ATTACH '${join(work, "data-set", "evil.db")}'`,
    `COPY (SELECT 1) TO '${join(work, "data-set", "evil.parquet")}'`,
    `EXPLAIN ANALYZE COPY (SELECT 1) TO '${join(work, "data-set", "evil.csv")}'`,
    `/* */ EXPLAIN ANALYZE COPY (SELECT 1) TO '${join(work, "data-set", "evil.csv")}'`,
    `FROM enable_logging(storage := 'file', storage_path := '${join(work, "data-set", "log")}')`,
    `EXPORT DATABASE '${join(work, "data-set", "evil")}'`,
    "SET enable_external_access = true",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "INSTALL httpfs",
    "PRAGMA database_list; COPY (SELECT 1) TO '/tmp/x'",
  ])("writes and reads nothing else: %s", async (statement) => {
    const before = readdirSync(dataSet, { recursive: true });
    const { code, out, err } = await query(statement);
    expect(readdirSync(dataSet, { recursive: true })).toEqual(before);
    if (statement.startsWith("FROM")) return;
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^qtrace: [^\n]+\n$/);
  });

  test("not even over a file of the data set", async () => {
    const [part] = readdirSync(join(dataSet, "items"), {
      recursive: true,
      encoding: "utf8",
    }).filter((file) => file.endsWith(".parquet"));
    const { code } = await query(`COPY (SELECT 1) TO '${join(dataSet, "items", part!)}'`);
    expect(code).toBe(2);
    expect((await query("SELECT count(*) AS n FROM items")).out).toBe(" n\n22\n");
  });

  test("--write lets statements write", async () => {
    const file = join(work, "out.csv");
    expect((await query(`COPY (SELECT 1) TO '${file}'`, "--write")).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  });

  test("a data set without a recording has all tables and views, empty", async () => {
    const empty = join(work, "empty");
    mkdirSync(empty);
    writeFileSync(
      join(empty, "dataset.json"),
      JSON.stringify({ format: "qtrace data set", version: SCHEMA_VERSION }),
    );
    for (const view of ["migrations", "damage", "slowest_devices", "regressions('1', '2')"]) {
      const { code, out } = await runCli(["query", empty, `SELECT count(*) AS n FROM ${view}`]);
      expect({ code, out }).toEqual({ code: 0, out: "n\n0\n" });
    }
  });

  test("a file that is no Parquet is told by its name", async () => {
    const broken = join(work, "broken");
    mkdirSync(join(broken, "migrations", "date=2026-11-24", "host=h"), { recursive: true });
    writeFileSync(
      join(broken, "dataset.json"),
      JSON.stringify({ format: "qtrace data set", version: SCHEMA_VERSION }),
    );
    writeFileSync(join(broken, "migrations", "date=2026-11-24", "host=h", "x.parquet"), "no");
    const { code, err } = await runCli(["query", broken, "SELECT 1"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^qtrace: [^\n]*x\.parquet[^\n]*\n$/);
  });
});

describe("what is no data set is one line", () => {
  const old = join(work, "old");
  const other = join(work, "other");
  mkdirSync(old);
  mkdirSync(other);
  writeFileSync(join(old, "dataset.json"), '{"format":"qtrace data set","version":7}');

  test.each([
    ["/nowhere", "/nowhere: no such file or folder"],
    [old, `${old} is a data set of version 7; this qtrace knows version ${SCHEMA_VERSION}`],
    [other, `${other} is no data set: there is no dataset.json`],
  ])("%s", async (folder, line) => {
    for (const command of [
      ["query", folder, "SELECT 1"],
      ["query", folder],
      ["report", folder],
    ])
      expect(await runCli(command)).toEqual(failure(line));
  });
});
