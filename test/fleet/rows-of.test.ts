import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { clickhouseRow } from "../../src/fleet/clickhouse-row.js";
import { parquetOf } from "../../src/fleet/parquet.js";
import type { Recorded } from "../../src/fleet/recorded.js";
import { rowsOf } from "../../src/fleet/rows-of.js";
import { type Row, tableNames, tables } from "../../src/fleet/schema.js";
import { fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";

async function microvm(): Promise<Recorded> {
  const source = readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents);
  const destination = readRecords(fixture("microvm-file", "destination.simpletrace"), ownEvents);
  const items = await readItems(fixture("microvm-file", "stream.bin"));
  return {
    place: {
      recording: "0".repeat(32),
      folder: "/srv/microvm-file",
      name: "microvm-file",
      host: "host1",
      time: new Date("2026-11-24T10:00:00.5Z"),
    },
    about: { qemu: "QEMU emulator version 10.2.2" },
    account: analyze({ items, source, destination, toFile: true }),
    source,
    destination,
    damage: [{ file: "source.simpletrace", message: "events dropped by QEMU", count: 3 }],
    damaged: false,
  };
}

describe("the rows of a recording", async () => {
  const recorded = await microvm();
  const rows = rowsOf(recorded, (name) => name === "vm_state_notify");
  const { account } = recorded;

  test("have every column of their table, and no null where there may be none", () => {
    for (const table of tableNames)
      for (const row of rows[table] as readonly Row[])
        for (const { name, nullable } of tables[table].columns) {
          expect(row, `${table}.${name}`).toHaveProperty(name);
          if (!nullable) expect((row as never)[name], `${table}.${name}`).toBeDefined();
        }
  });

  test("differ in their keys", () => {
    for (const table of tableNames) {
      const keys = (rows[table] as readonly Row[]).map((row) =>
        tables[table].key.map((name) => String((row as never)[name])).join(),
      );
      expect(new Set(keys).size, table).toBe(keys.length);
    }
  });

  test("say what the account says", () => {
    expect(rows.migrations[0]).toMatchObject({
      machine: "microvm",
      version: "10.2.2",
      status: "completed",
      stream_bytes: 208636,
      items: account.items.length,
      downtime_ns: account.downtime.guest,
    });
    expect(rows.items).toHaveLength(account.items.length);
    expect(rows.pairs).toHaveLength(2 * account.items.length);
    expect(rows.checkpoints).toHaveLength(account.downtime.checkpoints.length);
    const { path, stopped, checkpoints } = account.downtime;
    const done = checkpoints.find(({ name }) => name === "src-downtime-end")!.at;
    const spent = rows.downtime.map((row) => BigInt(row.end_ns) - BigInt(row.start_ns));
    expect(spent).toHaveLength(path.length);
    expect(spent.reduce((sum, time) => sum + time, 0n)).toBe(done - stopped!);
  });

  test("of devices have the side, the offset of their first section, and the time", () => {
    const { item, source } = account.items.find(({ label }) => label === "cpu FULL")!;
    expect(rows.devices.filter(({ device }) => device === "cpu")[0]).toMatchObject({
      side: "source",
      operation: "save",
      byte_offset: item.offset,
      bytes: item.size,
      time_ns: source.status === "paired" ? source.end - source.start : undefined,
    });
  });

  test("of events are those that were asked for", () => {
    expect(rows.events.map(({ side, event }) => `${side} ${event}`)).toContain(
      "source vm_state_notify",
    );
    expect(new Set(rows.events.map(({ event }) => event))).toEqual(new Set(["vm_state_notify"]));
    expect(rows.events[0]!.text).toMatch(/^running \d reason \d+ \(/);
  });

  test("come back from Parquet as they were, with their part", async () => {
    for (const table of tableNames) {
      const bytes = parquetOf(table, rows[table] as never, "part-1");
      const read = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
      const wanted = (rows[table] as readonly Row[]).map((row) => ({
        ...Object.fromEntries(
          tables[table].columns.map(({ name, type }) => {
            const value = (row as never)[name] as number | bigint | undefined;
            const stored = type === "int64" && value !== undefined ? BigInt(value) : value;
            return [name, stored ?? null];
          }),
        ),
        part: "part-1",
      }));
      expect(
        read.map((row) => ({ ...row })),
        table,
      ).toEqual(wanted);
    }
  });

  test("go to ClickHouse with 64 bits as text", () => {
    const row = clickhouseRow("migrations", rows.migrations[0]!, recorded.place);
    expect(row).toMatchObject({
      date: "2026-11-24",
      host: "host1",
      time: "2026-11-24 10:00:00",
      stream_bytes: "208636",
      damaged: 0,
      error: null,
    });
  });
});
