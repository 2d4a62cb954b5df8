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
