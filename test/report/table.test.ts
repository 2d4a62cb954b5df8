import { expect, test } from "vitest";
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
