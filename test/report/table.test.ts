import { describe, expect, test } from "vitest";
import { formatTable } from "../../src/report/table.js";

test("columns are as wide as their widest cell, and lines end in no blanks", () => {
  const rows = [
    { name: "ram", bytes: 1050642 },
    { name: "cpu_common", bytes: 37 },
  ];
  const text = formatTable(rows, [
    { title: "bytes", align: "right", cell: (row) => String(row.bytes) },
    { title: "name", cell: (row) => row.name },
  ]);
  expect(text).toBe("  bytes  name\n1050642  ram\n     37  cpu_common\n");
});

test("a million rows are a table too", () => {
  const rows = Array.from({ length: 1_000_000 }, (_, index) => index);
  const lines = formatTable(rows, [
    { title: "row", align: "right", cell: String },
    { title: "name", cell: (row) => `r${row}` },
  ]).split("\n");
  expect(lines).toHaveLength(1_000_002);
  expect([lines[0], lines[1], lines.at(-2)]).toEqual([
    "   row  name",
    "     0  r0",
    "999999  r999999",
  ]);
});

describe("a table that would be too wide", () => {
  const columns = [
    { title: "a", cell: () => "aaaa" },
    { title: "b", cell: () => "bbb", spare: true as const },
    { title: "c", cell: () => "cc" },
    { title: "d", cell: () => "d", spare: true as const },
  ];
  test.each([
    [16, "aaaa  bbb  cc  d"],
    [15, "aaaa  bbb  cc"],
    [13, "aaaa  bbb  cc"],
    [12, "aaaa  cc"],
    // What is not spare stays.
    [3, "aaaa  cc"],
  ])("of %i columns leaves out spare ones, the last first", (width, line) => {
    expect(formatTable([0], columns, width).split("\n")[1]).toBe(line);
  });

  test("by default is as wide as it has to be", () => {
    expect(formatTable([0], [{ title: "a", cell: () => "x".repeat(500), spare: true }])).toContain(
      "x".repeat(500),
    );
  });
});

test("a table without rows has its titles", () => {
  expect(formatTable([], [{ title: "name", cell: String }])).toBe("name\n");
});
