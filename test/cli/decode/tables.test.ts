import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { describeWith } from "../../support/programs.js";
import { TraceMaker } from "../../traces/make-trace.js";
import { madeTrace } from "./made-trace.js";

const { folder, trace } = madeTrace();

async function decode(name: string, ...options: string[]): Promise<string> {
  const output = join(folder, name);
  const { code, out, err } = await runCli(["decode", trace, "--output", output, ...options]);
  expect({ code, out, err: err.replace(/.*events as declared in .*\n/, "") }).toEqual({
    code: 0,
    out: "",
    err: "",
  });
  return output;
}

/** What DuckDB, a reader that is not ours, makes of a query. */
async function query(sql: string): Promise<unknown[]> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe("csv", () => {
  test("has a row a record, quoted as RFC 4180 says, and all 64 bits", async () => {
    expect(
      readFileSync(await decode("all.csv", "--format", "csv"), "utf8"),
    ).toBe(`timestamp,pid,type,event,text,arguments
10000000000,1,event,disk_open,"a ""b"", c as 3, read-only 1","{""file"":""a \\""b\\"", c"",""fd"":3,""ro"":true}"
10500000000,2,event,disk_open," as -1, read-only 0","{""file"":"""",""fd"":-1,""ro"":false}"
11000000000,1,event,disk_read,"-4096, 512 bytes to 0x7f0000001000","{""at"":""-4096"",""bytes"":512,""to"":""139637976731648""}"
12000000000,1,event,disk_read,"9223372036854775807, 4294967295 bytes to 0xffffffffffffffff","{""at"":""9223372036854775807"",""bytes"":4294967295,""to"":""18446744073709551615""}"
13000000000,2,event,disk_read,"0, 0 bytes to (nil)","{""at"":""0"",""bytes"":0,""to"":""0""}"
14000000000,1,event,disk_close,-3,"{""fd"":-3}"
`);
  });

  test("--per-event has a file for each event, with a column for each argument", async () => {
    const output = await decode("csv", "--format", "csv", "--per-event");
    expect(readdirSync(output).sort()).toEqual([
      "disk_close.csv",
      "disk_open.csv",
      "disk_read.csv",
    ]);
    expect(readFileSync(join(output, "disk_open.csv"), "utf8")).toBe(`timestamp,pid,file,fd,ro
10000000000,1,"a ""b"", c",3,true
10500000000,2,"",-1,false
`);
  });
});

describeWith(["duckdb"], "parquet, as DuckDB reads it", () => {
  test("has a row a record", async () => {
    const file = await decode("all.parquet", "--format", "parquet");
    expect(await query(`SELECT * FROM '${file}' LIMIT 1`)).toEqual([
      {
        timestamp: 10_000_000_000n,
        pid: 1,
        type: "event",
        event: "disk_open",
        text: 'a "b", c as 3, read-only 1',
        arguments: '{"file":"a \\"b\\", c","fd":3,"ro":true}',
      },
    ]);
    expect(await query(`SELECT arguments->>'bytes' AS bytes FROM '${file}' WHERE pid = 2`)).toEqual(
      [{ bytes: null }, { bytes: "0" }],
    );
  });

  test("--per-event has typed columns, and their whole range", async () => {
    const output = await decode("parquet", "--format", "parquet", "--per-event");
    const types = await query(`DESCRIBE SELECT * FROM '${output}/disk_read.parquet'`);
    expect(types).toMatchObject([
      { column_name: "timestamp", column_type: "UBIGINT" },
      { column_name: "pid", column_type: "UINTEGER" },
      { column_name: "at", column_type: "BIGINT" },
      { column_name: "bytes", column_type: "UINTEGER" },
      { column_name: "to", column_type: "UBIGINT" },
    ]);
    const rows = await query(`SELECT "at", bytes, "to" FROM '${output}/disk_read.parquet'`);
    expect(rows).toEqual([
      { at: -4096n, bytes: 512, to: 0x7f00_0000_1000n },
      { at: 2n ** 63n - 1n, bytes: 2 ** 32 - 1, to: 2n ** 64n - 1n },
      { at: 0n, bytes: 0, to: 0n },
    ]);
    // The bounds that a file has of its columns decide whether a reader looks into it at all.
    const large = `SELECT "at" FROM '${output}/disk_read.parquet' WHERE "to" > ${2n ** 63n}`;
    expect(await query(large)).toEqual([{ at: 2n ** 63n - 1n }]);
    expect(await query(`SELECT fd, ro FROM '${output}/disk_open.parquet' ORDER BY fd`)).toEqual([
      { fd: -1, ro: false },
      { fd: 3, ro: true },
    ]);
    expect(await query(`SELECT fd FROM '${output}/disk_close.parquet'`)).toEqual([{ fd: -3 }]);
    const clock = `SELECT decode(value) AS clock FROM parquet_kv_metadata('${output}/disk_read.parquet')`;
    expect(await query(clock)).toEqual([{ clock: "monotonic" }]);
  });

  test("what a log does not tell is null", async () => {
    const log = join(folder, "log");
    writeFileSync(log, "disk_open (null) as 3, read-only 1\n");
    const output = join(folder, "of-log.parquet");
    const options = ["--format", "parquet", "--output", output];
    expect((await runCli(["decode", log, ...options])).code).toBe(0);
    expect(await query(`SELECT timestamp, event, text FROM '${output}'`)).toEqual([
      { timestamp: null, event: "disk_open", text: "(null) as 3, read-only 1" },
    ]);
  });

  test("is written a row group at a time, and none is lost", async () => {
    const maker = new TraceMaker().header().mapping(9, "disk_close");
    for (let index = 0; index < 150_000; index++) maker.record(9, 1 + index, 1, index % 100);
    const many = join(folder, "many");
    writeFileSync(many, maker.take());
    for (const options of [[], ["--per-event"]]) {
      const output = join(folder, `many${options.length}`);
      await runCli(["decode", many, "--format", "parquet", "--output", output, ...options]);
      const file = options.length > 0 ? `${output}/disk_close.parquet` : output;
      expect(
        await query(
          `SELECT count(*) AS rows, min(timestamp) AS least, max(timestamp) AS most FROM read_parquet('${file}')`,
        ),
      ).toEqual([{ rows: 150_000n, least: 1n, most: 150_000n }]);
      const groups = `SELECT count(DISTINCT row_group_id) AS groups FROM parquet_metadata('${file}')`;
      const [{ groups: count }] = (await query(groups)) as [{ groups: bigint }];
      // Tables of single events wait for one another, to have few groups each.
      expect(count).toBe(options.length > 0 ? 1n : 2n);
    }
  });
});

test.each([
  [["--format", "parquet"], "parquet needs --output FILE"],
  [["--format", "jsonl", "--per-event", "--output", "x"], "--per-event makes tables"],
  [["--format", "csv", "--per-event"], "--per-event needs --output FOLDER"],
  [["--format", "parquet", "--output", "x", "--follow"], "a Parquet file cannot be read before"],
])("%j is refused", async (options, message) => {
  const { code, err } = await runCli(["decode", trace, ...options]);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("--output is not the trace itself", async () => {
  const { code, err } = await runCli(["decode", trace, "--output", trace]);
  expect(code).toBe(2);
  expect(err).toContain(
    `--output ${trace}: is an input, which would be overwritten; choose another output`,
  );
  expect(readFileSync(trace).length).toBeGreaterThan(0);
});

test("--output into a folder that is not there is one line", async () => {
  const { code, err } = await runCli(["decode", trace, "--output", join(folder, "not", "there")]);
  expect(code).toBe(2);
  expect(err).toContain("there: no such file or folder\n");
});
